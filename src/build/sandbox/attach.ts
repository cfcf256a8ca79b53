/**
 * Mounts many inputs into a sandbox that stands already. Bubblewrap before 0.13 looks through all mounts after each of
 * its own, so that a thousand inputs would cost it a second. Here a small program starts bubblewrap, which waits before
 * it runs the builder, and puts the inputs into its mount namespace, with the calls of Linux 5.12.
 *
 * The program is in Perl, which every Debian machine has: it has to be a process of one thread.
 */

/** Numbers of system calls, by Node's names of processors; the newer calls have the same everywhere. */
const setns: Partial<Record<NodeJS.Architecture, number>> = { x64: 308, arm64: 268, arm: 375, ia32: 346, riscv64: 268 };
const calls = { openTree: 428, moveMount: 429, mountSetAttr: 442 } as const;

/** Mounts of one process at once: each is an open file. */
const chunk = 400;

/** Whether this processor's numbers are known. */
export const canAttach: boolean = setns[process.arch] !== undefined;

/** The table that the program reads: source, and name in the store's folder, each ended by a zero byte. */
export function attachTable(inputs: readonly { readonly source: string; readonly name: string }[]): string {
  return inputs.map(({ source, name }) => `${source}\0${name}\0`).join('');
}

/**
 * The program: `perl SCRIPT TABLE FOLDER STORE-DIR PROGRAM ARGUMENT…`. PROGRAM is bubblewrap, which it becomes. With
 * nothing but a SCRIPT and a path it only tries whether the machine has these calls.
 */
export function attachScript(): string {
  return `use strict;
my ($table, $folder, $storeDir, $program, @args) = @ARGV;
my $none = '';
my $attributes = pack('QQQQ', 1 | 2 | 4, 0, 0, 0); # read-only, no setuid, no devices
sub tree {
  my ($source) = @_;
  my $fd = syscall(${calls.openTree}, -100, $source, 1 | 02000000);
  return -1 if $fd < 0;
  return -1 if syscall(${calls.mountSetAttr}, $fd, $none, 0x1000, $attributes, 32) != 0;
  return $fd;
}
if (!defined $program) { exit(tree($table) < 0 ? 1 : 0) }
$^F = 1000; # what is opened from here on, bubblewrap inherits
pipe(my $infoIn, my $infoOut) or die "pipe: $!\\n";
pipe(my $blockIn, my $blockOut) or die "pipe: $!\\n";
my $pid = fork;
defined $pid or die "fork: $!\\n";
if ($pid) {
  close $infoIn; close $blockOut;
  exec { $program } $program, '--info-fd', fileno($infoOut), '--block-fd', fileno($blockIn), @args;
  die "$program: $!\\n";
}
close $infoOut; close $blockIn;
my $bubblewrap = getppid;
sub failed { print STDERR 'bwrap: inputs cannot be mounted: ', @_, "\\n"; kill 'KILL', $bubblewrap; exit 1 }
open(my $file, '<', $table) or failed("$table: $!");
binmode $file;
my @words = split /\\0/, do { local $/; <$file> };
for (my $i = 0; $i < @words; $i += 2) {
  my $place = "$folder/$words[$i + 1]";
  next if -e $place;
  if (-d $words[$i]) { mkdir $place or failed("$place: $!") }
  else { open(my $new, '>', $place) or failed("$place: $!"); close $new }
}
my $info = '';
while ($info !~ /"child-pid":\\s*(\\d+)\\D/) { sysread($infoIn, $info, 4096, length $info) or exit 0 }
my ($child) = $info =~ /"child-pid":\\s*(\\d+)/;
# When all of the sandbox stands, its store is our folder; before, that may be the store of the machine.
my $wanted = identity($folder);
waitFor(sub { identity("/proc/$child/root$storeDir") eq $wanted });
while (@words) {
  my @part = splice(@words, 0, ${chunk * 2});
  my $one = fork;
  defined $one or failed("fork: $!");
  if (!$one) { attach(@part); exit 0 }
  waitpid($one, 0);
  exit 1 if $?;
}
syswrite($blockOut, 'x');
exit 0;

sub identity { my @state = stat($_[0]); return @state ? "$state[0] $state[1]" : '' }

sub waitFor {
  my ($ready) = @_;
  until ($ready->()) {
    kill(0, $bubblewrap) or exit 0;
    select(undef, undef, undef, 0.0005);
  }
}

sub attach {
  my @trees;
  while (@_) {
    my ($source, $name) = splice(@_, 0, 2);
    my $fd = tree($source);
    failed("$source: $!") if $fd < 0;
    push @trees, [$fd, "$storeDir/$name"];
  }
  open(my $namespace, '<', "/proc/$child/ns/mnt") or failed("namespace: $!");
  # While it changes its root, the old one lies over the new one for a moment: then we are in the wrong one.
  waitFor(sub {
    syscall(${setns[process.arch] ?? 0}, fileno($namespace), 0x20000) == 0 or failed("setns: $!");
    return identity($storeDir) eq $wanted;
  });
  for (@trees) {
    my ($fd, $target) = @$_;
    syscall(${calls.moveMount}, $fd, $none, -100, $target, 4) == 0 or failed("$target: $!");
  }
}
`;
}
