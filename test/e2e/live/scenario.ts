/** Two forms of a machine that differ in a service, a file and a user, and the question which of them a machine is. */
import type { SystemSpec } from '../../activate/make-system.ts';
import type { SystemdMachine } from '../../support/machine/machine.ts';

/** A service that says in a file which form of it runs, and takes it away when it ends. */
const service = (form: string): string => `[Service]
ExecStart=/bin/sh -c 'echo ${form} >/run/form; exec sleep infinity'
ExecStop=/bin/rm -f /run/form
`;

export const oldForm: SystemSpec = {
  name: 'old',
  files: { '/etc/form': 'old', '/etc/gone': 'only in the old one' },
  units: { 'form.service': service('old'), 'leaves.service': '[Service]\nExecStart=/bin/sleep infinity\n' },
  wanted: ['multi-user.target/form.service', 'multi-user.target/leaves.service'],
  users: [{ name: 'olga', group: 'users', createHome: true }],
};

export const newForm: SystemSpec = {
  name: 'new',
  files: { '/etc/form': 'new', '/etc/fresh/file': 'only in the new one' },
  units: { 'form.service': service('new'), 'comes.service': '[Service]\nExecStart=/bin/sleep infinity\n' },
  wanted: ['multi-user.target/form.service', 'multi-user.target/comes.service'],
  users: [{ name: 'nora', group: 'users', createHome: true }],
};

/** All that tells the forms apart, as one line. */
export async function formOf(machine: SystemdMachine): Promise<string> {
  return machine.sh(`
    echo "file $(cat /etc/form)"
    echo "service $(systemctl is-active form) $(cat /run/form)"
    [ -e /etc/gone ] && echo gone; [ -e /etc/fresh/file ] && echo fresh
    echo "leaves $(systemctl is-active leaves) comes $(systemctl is-active comes)"
    grep -o '^olga:!' /etc/shadow; grep -o '^olga:[*]' /etc/shadow; grep -o '^nora:.' /etc/shadow; ls /home
    ls -A /etc /etc/systemd /etc/systemd/system | grep -i 'sysbuild\\|attached'
    systemctl list-units --failed --plain --no-legend | cut -d' ' -f1
    [ -e /var/lib/sysbuild/switch.journal ] && echo journal
    true`);
}
