# Two programs from Debian's own source tarballs, compiled by Debian's own compiler, with nothing of this machine.
# `sysbuild build -A hello`, then ./result/bin/hello.
let
  # The module library: this checkout's, or the one that sysbuild brings along.
  checkout = ../../src/activate/modules;
  sysbuild = import (if builtins.pathExists checkout then checkout else <sysbuild>);
  debian = (sysbuild.packagesFor { }).debianLock ./debian.lock.json;

  # What all of it is compiled in: gcc, make and what they need, at the versions of the lock.
  root = debian.tree { name = "compilers"; };
in
{
  inherit root;

  # GNU hello, the usual way. It is linked statically, so that it runs anywhere.
  hello = debian.buildInDebian {
    inherit root;
    name = "hello-${debian.sources.hello.version}";
    env = {
      source = debian.sources.hello.orig;
      # The time that stands in what is built.
      SOURCE_DATE_EPOCH = "1";
    };
    script = ''
      tar xf "$source" --strip-components=1
      ./configure --prefix="$out" --disable-nls LDFLAGS=-static
      make -j"$NIX_BUILD_CORES"
      make check
      make install-exec
    '';
  };

  # Lua, whose own Makefile says how.
  lua = debian.buildInDebian {
    inherit root;
    name = "lua-${debian.sources."lua5.4".version}";
    env.source = debian.sources."lua5.4".orig;
    script = ''
      tar xf "$source" --strip-components=1
      make -j"$NIX_BUILD_CORES" MYCFLAGS=-DLUA_USE_POSIX MYLDFLAGS=-static posix
      make INSTALL_TOP="$out" install
    '';
  };
}
