/**
 * Names of programs and of subcommands of git, between blanks. Each of these lists is what a bundle knows, which is loaded when one of its names is
 * met. A test holds them to the tables.
 */
export const fileNames =
  ' echo printf cat tee base64 base32 basenc xxd uudecode openssl rev tac tr head tail nl sort uniq cut wc fold fmt paste column expand od ' +
  'hexdump strings md5sum sha1sum sha256sum sha512sum cksum b2sum shasum md5 cmp comm join less more bat most jq yq date seq mktemp basename ' +
  'dirname realpath readlink whoami hostname uname id nproc arch uuidgen which yes iconv gunzip gzip zcat bzcat xzcat bunzip2 unxz xz bzip2 ' +
  'zstd unzstd lz4 brotli zstdcat gzcat rm unlink rmdir shred srm trash trash-put cp gcp mv ln link install touch mkdir mkfifo mknod truncate ' +
  'fallocate split chmod chown chgrp chattr chflags setfacl setfattr chcon rsync dd apply_patch applypatch patch sponge diff diff3 stat file du ' +
  'df ls dir tree exa eza lsd vdir pathchk sync getfacl lsof csplit mount umount rename grep egrep fgrep zgrep ggrep rg ag ack rga ugrep sed ' +
  'gsed ed ex vi vim nvim view emacs nano find gfind fd fdfind locate mdfind ';

export const runnerNames =
  ' python python2 python3 pypy pypy3 ipython micropython node nodejs ts-node tsx bun deno perl ruby irb php lua luajit R Rscript osascript ' +
  'tclsh guile elixir julia scala groovy ghc racket jshell ghci iex sbcl awk gawk mawk nawk original_awk sh bash dash ash ksh mksh rbash zsh ' +
  'yash posh bash-static zsh-static fish csh tcsh nu elvish xonsh rc es env sudo doas pkexec gosu su-exec runas run0 timeout gtimeout nice ' +
  'ionice chrt taskset numactl nohup stdbuf setsid time unbuffer catchsegv proxychains proxychains4 torsocks tsocks dotenv cross-env ' +
  'cross-env-shell env-cmd direnv firejail bwrap unshare nsenter chroot setpriv capsh wsl wsl.exe systemd-run systemd_run systemd-inhibit ' +
  'dbus_run_session dbus-run-session xvfb-run flock strace ltrace gdb lldb valgrind perf hyperfine entr watchexec nodemon wait-on ' +
  'start-server-and-test watch script expect su runuser sg newgrp busybox toybox ld.so ld-linux-x86-64.so.2 ld-linux.so.2 ld-linux-aarch64.so.1 ' +
  'ld-musl-x86_64.so.1 ld-linux-armhf.so.3 exec command builtin eval concurrently at batch curl curlie wget wget2 http https xh xhs aria2c ssh ' +
  'autossh mosh sshpass scp sftp rclone nc ncat netcat socat telnet ftp lftp ping dig nslookup host whois traceroute nmap mail sendmail mutt ' +
  'ngrok cloudflared xargs gxargs parallel tar gtar bsdtar cpio zip unzip 7z 7za 7zr unrar ar ';

export const builderNames =
  ' npm pnpm yarn yarnpkg cnpm npx pnpx pnx bunx uvx corepack npm-run-all run-s run-p lerna changeset semantic-release release-it np vsce ovsx ' +
  'jsr clean-publish rimraf del del-cli shx dotenv-cli pip pip3 pipx uv poetry pipenv pdm hatch rye flit conda mamba micromamba pixi twine eas ' +
  'cpan-upload cargo go gem bundle bundler composer dotnet nuget hex mix pod swift dart flutter luarocks stack cabal helmfile wasmer oras crane ' +
  'skopeo goreleaser fastlane mise rtx asdf volta fnm pyenv rbenv nix nix-shell make gmake bmake mingw32-make remake just rake task mage invoke ' +
  'cmake ninja gradle gradlew mvn mvnw mvnd bazel bazelisk ant sbt gcc g++ cc c++ clang clang++ rustc pytest tsc prettier ';

export const changingNames =
  ' commit merge am cherry-pick revert tag rebase commit-tree fast-import filter-branch filter-repo replace reflog gc prune repack update-ref ' +
  'symbolic-ref branch config notes init update-server-info add rm mv reset clean checkout switch restore stash worktree checkout-index ' +
  'read-tree update-index sparse-checkout apply submodule bisect difftool maintenance hook lfs ';
