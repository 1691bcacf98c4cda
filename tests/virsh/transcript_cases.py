# SPDX-License-Identifier: MIT
# Command lines for test_transcript.py. Every one runs with stock virsh and with ours, in a directory that holds the
# XML files of test_transcript.FILES; the domain `test` runs at the start.

COMMANDS = """autostart capabilities cd complete connect create define desc destroy domcontrol domid dominfo domname
domrename domstate domuuid dumpxml echo edit emulatorpin event exit freecell help hostname list managedsave-remove
maxvcpus metadata nodecpumap nodecpustats nodeinfo nodememstats pwd quit reboot reset resume setmaxmem setmem setvcpus
shutdown start suspend sysinfo undefine uri vcpucount vcpuinfo vcpupin version""".split()

# One string: parsed by virsh itself.
LINES = r"""
nosuch
nosuch; echo b
echo a; nosuch; echo b
list --nosuch
list --nosuch=3
list foo
list --all=yes
list --all=
list --=3
list --a
list -a
list --all --all
list "--all"
list \--all
list --help foo
list foo --help
list --all --help; echo b
pwd --help --help
setmem --help 1 2 3
quit --help; echo a
dominfo
dominfo test extra
dominfo --domain
dominfo --domain ; echo a
dominfo --domain test
dominfo --domain=test
dominfo --domain=a=b
dominfo --domain=test --domain test
dominfo --domain --foo
dominfo --domain -- test
dominfo --dom test
dominfo --help=foo
dominfo ""
dominfo --domain ""
dominfo --domain=
dominfo nosuch
dominfo nosuch; echo b
dominfo 1
dominfo 01
dominfo 99
dominfo -1
dominfo -- test
dominfo -- --test
dominfo 6695eb01-f6a4-8304-79aa-97f2502e193f
dominfo 6695eb01f6a4830479aa97f2502e193f
dominfo 6695eb01-f6a4-8304-79aa-97f2502e1930
domid test
domid 1
domid 6695eb01-f6a4-8304-79aa-97f2502e193f
domname 1
domname +1
domname " 1"
domname 1a
domname 4294967297
domname test
domuuid test
domuuid 1
domuuid 6695eb01-f6a4-8304-79aa-97f2502e193f
domstate test
domstate test --reason
domstate --reason test
domcontrol test
domcontrol nosuch
destroy test; domcontrol test; domid test; domstate test; domstate test --reason; dominfo test
destroy test; domuuid test; domname 6695eb01-f6a4-8304-79aa-97f2502e193f; dominfo 1
dumpxml test
dumpxml test --inactive
dumpxml test --security-info
dumpxml test --migratable
dumpxml test --update-cpu
dumpxml test --wrap
dumpxml test foo
dumpxml nosuch
uri; hostname; version; version --daemon; sysinfo
uri foo
version foo
nodeinfo
capabilities
maxvcpus
maxvcpus foo
maxvcpus --type foo
maxvcpus ""
maxvcpus a b
freecell
freecell 0
freecell --cellno 1
freecell --all
freecell --cellno 0 --all
freecell --cellno x
freecell -1
freecell 7
freecell 1 2
nodecpumap; nodecpumap --pretty
nodecpustats
nodecpustats 0
nodecpustats foo
nodememstats
nodememstats --cell 0
nodememstats foo
list
list --all
list --inactive
list --table
list --id
list --name
list --uuid
list --id --name
list --uuid --name
list --id --uuid
list --uuid --id --name --all
list --table --name
list --table --uuid
list --table --id
list --title --name
list --title
list --managed-save --all --title
list --state-running
list --state-paused
list --state-shutoff
list --state-other
list --persistent
list --transient --all
list --with-snapshot
list --without-snapshot
list --with-checkpoint
list --without-checkpoint
list --with-managed-save
list --without-managed-save
list --autostart
list --no-autostart
list --persistent --transient
destroy test; list; list --all; list --inactive; list --all --id; list --all --id --name; list --state-shutoff; list --all --uuid --name
suspend test; list; list --state-paused; list --state-paused --state-shutoff; dominfo test
define t2.xml; list --all; start t2; list; undefine t2; list; list --transient; destroy t2; list --all
define accent.xml; define cjk.xml; list --all; list --all --title; list --name --all
define odd.xml; list --all --title; domid 'e\x20f'
define quote.xml; list --all; domid 'a\b"c'; domid a\\b\"c
define nosuch.xml
define ""
define
define a b
define .
define bad.xml
define short.xml
define same.xml
define /dev/null
define t2.xml --validate; list --all
define --file t2.xml; define --file=t2.xml
create t2.xml; list --all; dominfo t2; domstate t2 --reason; destroy t2; list --all
create t2.xml --paused; list
create t2.xml --autodestroy; list
create t2.xml --validate; list
create t2.xml --reset-nvram; list
create t2.xml --pass-fds x; list
create t2.xml --pass-fds ""; list
create nosuch.xml
create bad.xml
create running.xml
create t2.xml; autostart t2; undefine t2; shutdown t2; list --all
undefine test; list --all; dominfo test
undefine nosuch
destroy test; undefine test; list --all
undefine test --managed-save
undefine test --snapshots-metadata
undefine test --checkpoints-metadata
undefine test --nvram
undefine test --keep-nvram
undefine test --nvram --keep-nvram
undefine test --tpm
undefine test --keep-tpm --tpm
undefine test --keep-nvram --keep-tpm --managed-save --snapshots-metadata --checkpoints-metadata
undefine test --remove-all-storage
undefine test --storage vda
undefine test --storage ""
undefine test --wipe-storage
undefine test --wipe-storage --remove-all-storage
undefine test --delete-storage-volume-snapshots
undefine test --storage vda --delete-storage-volume-snapshots
undefine test foo
destroy test; undefine test --managed-save --snapshots-metadata --checkpoints-metadata --keep-tpm; list --all
start test
start nosuch
start 1
destroy test; start test; list
destroy test; start test --paused; list
destroy test; start test --autodestroy; list
destroy test; start test --bypass-cache; list
destroy test; start test --force-boot; list
destroy test; start test --force-boot --paused; list
destroy test; start test --reset-nvram; list
destroy test; start test --pass-fds x; list
destroy test; start 1; start 6695eb01-f6a4-8304-79aa-97f2502e193f
suspend test; suspend test; resume test; resume test
resume nosuch
shutdown test; list --all; shutdown test
shutdown test --mode acpi; list --all
shutdown test --mode acpi,agent
shutdown test --mode paravirt,signal,initctl
shutdown test --mode foo
shutdown test --mode acpi,
shutdown test --mode ""
shutdown test --mode=
shutdown test --mode
shutdown test acpi
shutdown test --mode acpi --mode agent
shutdown nosuch --mode foo
reboot test; list
reboot test --mode initctl
reboot test --mode foo
reboot test --mode ""
reboot nosuch
reset test; reset nosuch
destroy test; destroy test; reboot test; reset test; suspend test; resume test; shutdown test
destroy test --graceful; list
destroy test --remove-logs; list
destroy --graceful test
autostart test; dominfo test; list --autostart; autostart test --disable; list --autostart
autostart test --disable --disable
autostart nosuch
setmem test 1G; dominfo test
setmem test 1024
setmem test 3000000
setmem test x
setmem test 1Q
setmem test -1
setmem test ""
setmem test 99999999999999999999
setmem test 99999999999E
setmem test 16E
setmem test 1E
setmem test 1PiB
setmem test 1KiB; setmem test 1kib; setmem test 1MB; setmem test 1b; setmem test 1byte; setmem test 1bytes; setmem test 5k
setmem test 1Mx
setmem test 5ki
setmem test "5 M"
setmem test " 5"
setmem test +5M
setmem test 0x10M
setmem test 1.5G
setmem test 0
setmem test 1025b; dominfo test
setmem test 1024 --live --config
setmem test 1024 --live --current
setmem test 1024 --config --current
setmem test 1024 --live --config --current
setmem test 1024 --config; setmem test 1024 --live; setmem test 1024 --current
setmem --kilobytes 1024 --domain test
setmem test --kilobytes 1024
setmem test 1024 --size 5
setmem --size 1024 test
setmem --size 1024
setmem test
setmem nosuch x
destroy test; setmem test 1G; setmem test 1G --config; setmem test 1G --live; setmem test 10G --config; dominfo test
setmaxmem test 4G
setmaxmem test 4G --config; dominfo test
setmaxmem test 4G --live
setmaxmem test 0
setmaxmem test x
setmaxmem test 1024 --config --current
setmaxmem test 1024 --live --current
setmaxmem test --kilobytes 1024
destroy test; setmaxmem test 4G; dominfo test; setmaxmem test 1G; dominfo test
setvcpus test 1; vcpucount test
setvcpus test 0
setvcpus test -1
setvcpus test x
setvcpus test ""
setvcpus test 99
setvcpus test 4294967296
setvcpus test 1.5
setvcpus test 0x2
setvcpus test " 2"; setvcpus test +2
setvcpus test 3
setvcpus test 3 --config
setvcpus test 3 --config --live --current
setvcpus test 3 --maximum
setvcpus test 3 --maximum --config; vcpucount test
setvcpus test 3 --maximum --live
setvcpus test 2 --maximum --config --live
setvcpus test 2 --maximum --current
setvcpus test 1 --guest
setvcpus test 1 --guest --config
setvcpus test 1 --guest --live
setvcpus test 3 --guest --config --maximum
setvcpus test 1 --hotpluggable
setvcpus test 1 --hotpluggable --guest
setvcpus test 1 --maximum --guest
setvcpus test 1 --maximum --hotpluggable --config
setvcpus test 1 --live --config; vcpucount test
setvcpus test 0 --config --guest
setvcpus nosuch 0
setvcpus test
destroy test; setvcpus test 1; setvcpus test 1 --current; setvcpus test 1 --config; vcpucount test
vcpuinfo test
vcpuinfo test --pretty
destroy test; vcpuinfo test; vcpuinfo test --pretty
setvcpus test 1; vcpuinfo test
vcpupin test
vcpupin test 0
vcpupin test 1 --live
vcpupin test 9
vcpupin test -1
vcpupin test x
vcpupin test --cpulist 1
vcpupin test 0 1; vcpupin test
vcpupin test 0 0,1,3-4,^3; vcpupin test
vcpupin test 0 ' 1 , 2 '; vcpupin test
vcpupin test 0 '1 - 2'; vcpupin test
vcpupin test 0 7,; vcpupin test
vcpupin test 0 ,1; vcpupin test 0 1,,2; vcpupin test 0 ^; vcpupin test 0 1^2; vcpupin test 0 --1
vcpupin test 0 ''
vcpupin test 0 1-
vcpupin test 0 ^1
vcpupin test 0 3-1
vcpupin test 0 0-7,^0-3
vcpupin test 0 '0 1'
vcpupin test 0 x
vcpupin test 0 r; vcpupin test
vcpupin test 0 R
vcpupin test 0 8
vcpupin test 0 99
vcpupin test 0 65536
vcpupin test 5 0
vcpupin test 0 1 --live
vcpupin test --live --current
vcpupin test --config --current
vcpupin test --live --config
vcpupin test 0 1 --live --config
vcpupin test --config; vcpupin test 0 --config
vcpupin nosuch
destroy test; vcpupin test; vcpupin test 1; vcpupin test --live; vcpupin test 7
emulatorpin test; emulatorpin test --live; emulatorpin test --config
emulatorpin test --live --current
emulatorpin nosuch
desc test
desc test --title
desc test foo bar; desc test; dominfo test
desc test --title "My Title"; desc test --title; list --title; list --title --all; desc test --title ""; desc test --title
desc test --new-desc x; desc test --config; desc test --live; desc test --current
desc test --new-desc a --new-desc b; desc test; desc --new-desc x test; desc test
desc test --live --current
desc test --config --current
desc test --live --config
desc test --live --config x; desc test; desc test --config
desc test ""; desc test
destroy test; desc test; desc test --live; desc test --live foo; desc test --config foo; desc test
desc nosuch
metadata test http://x
metadata test http://x --set "<a/>"
metadata test http://x --set "<a/>" --key foo; metadata test http://x; metadata test http://x --remove; metadata test http://x
metadata test u --set "<a/>" --key k --config; metadata test u --config; metadata test u
metadata test u --live --current
metadata test u --remove --set x
metadata test u --remove --edit
metadata test u --set x --edit
metadata test u --set bad --key k
metadata test u --edit
metadata test ''
metadata test u k
metadata test u k '<a/>'; metadata test u
metadata test u ''
managedsave-remove test
managedsave-remove nosuch
domrename test foo
domrename test
domrename nosuch foo
destroy test; domrename test foo; list --all
destroy test; domrename test test
destroy test; domrename test a/b
destroy test; domrename test ""
define t2.xml; domrename t2 test; domrename t2 t3; domuuid t2; domuuid t3
event
event --list
event list
event --event foo
event --event ""
event --all --event lifecycle
event --all --list
event --list --event foo
event --event lifecycle --timeout 0
event --event lifecycle --timeout -1
event --event lifecycle --timeout x
event --event lifecycle --timeout 4294967
event --domain nosuch --event lifecycle
event --domain "" --event lifecycle
event --event lifecycle --timeout 1
event --all --timeout 1 --loop
event test lifecycle --timeout 1
event --domain test reboot --timeout 1 --timestamp
edit nosuch
echo a b c
echo "a b" 'c d' e\ f
echo 'a"b' "a'b" "a\"b" 'a\'
echo "unterminated
echo 'unterminated
echo a;echo b
echo a ; echo b ;
; echo a
;;echo a
echo a;;echo b
echo a # comment
# comment
#comment
'#' x
echo '#' x
echo a \# x
echo a#b
echo a; # c
echo \
echo a\
echo a\;b
echo "a;b"
echo 'a;b'
echo ""
echo
echo --shell a "b c" "it's"
echo --shell ""
echo --shell a_b a-b a=b a:b a,b a.b a/b a@b a%b a+b a^b ~ * ? $ & | < > ( ) ! [ ] { } ` é
echo --xml "<a&b>" "c'd\"e"
echo --shell --xml "<a b"
echo --shell --split a
echo --xml --split a
echo --split a,b,,c d
echo --split ,a,,,b, ,
echo --split
echo --err a b
echo --string a
echo --string a --string b
echo --str a b
echo -- --shell
echo a -- --xml
echo --arg a
echo a --shell b
echo --shell=a
echo -x
echo -
echo --
echo a=b
echo "a""b"
echo a"b c"d
echo "a\nb"
echo 'a'\''b'
echo a	b
   echo   a   b   
"echo" a
ec"ho" a
"" a
help nosuch
help ls
help help xx
help --command define
help --command=define
help --command
help define create
help --foo echo
help --foo=bar echo
help --command echo --command list
help pwd --help
help events
help 'Domain Events'
help Domain
-q
quit
quit; echo a
exit
exit foo
echo a; quit; echo b
pwd
pwd foo
cd
cd .; pwd
cd nosuch
cd a b
connect
connect; uri
connect test:///default; uri
connect test:///nosuch; uri
connect ""
connect a b
connect --readonly; destroy test; suspend test
connect --readonly; connect; suspend test
connect --readonly; connect test:///default; suspend test
connect --name test:///default --readonly; undefine test
complete
complete -- dominf
complete -- list --a
complete list ""
complete dominfo ""
complete dominfo te
complete dominfo --domain te
complete start ""
complete start t
complete -- event --event l
complete -- list --all ''
complete -- list foo --n
complete -- vcpucount test ''
complete -- setvcpus test ''
complete -- shutdown test --mode ''
complete -- shutdown test --mode acpi,
complete -- echo --
complete -- 'list;' dominf
complete -- --
""".strip("\n").split("\n")

# One list: the program's own arguments.
ARGVS = [
    ["list", "--all"],
    ["list", ";", "list"],
    ["list", ""],
    ["", "list"],
    [""],
    ["   "],
    [";"],
    ["echo a; echo b", "c"],
    ["echo", "a b", "c'd"],
    ["echo", "a;b"],
    ["echo", "a", "", "b"],
    ["echo", "#", "b"],
    ["#", "b"],
    ["echo", "a\\", "b"],
    ["echo a\necho b"],
    ["echo a\\\necho b"],
    ["echo 'a\nb'; echo \"c\nd\""],
    ["echo a # foo\necho b"],
    ["# foo\necho b; # x ; echo c\n\n\necho d"],
    ["echo a\r"],
    ["echo a\vb\fc"],
    ["dominfo", "--domain"],
    ["dominfo", "--domain="],
    ["list", "-q"],
    ["--", "list", "--name"],
    ["--", "--help"],
    ["-q", "list --all; echo a; desc test; desc test x; suspend test; resume test; autostart test; list --title; vcpupin test; "
           "emulatorpin test; freecell --all; freecell; help echo; help events; nodeinfo; echo --err x; metadata test u; "
           "managedsave-remove test; destroy test; start test; reboot test; reset test; vcpuinfo test; pwd; "
           "event --event lifecycle --timeout 1"],
    ["-r", "suspend test; list; connect; suspend test; undefine test; define t2.xml; create t2.xml; desc test x; edit test"],
    ["-t", "domid test; echo a; connect; nodeinfo"],
    ["-tq", "domid test; echo a"],
    ["-d", "0", "dominfo 1; domid test; suspend test; setmem test 5k --live; echo a \"b c\"; list --all"],
    ["-d", "1", "domid test; suspend nosuch"],
    ["-d", "2", "domid test; suspend nosuch"],
    ["-d", "4", "domid test"],
    ["-d", "0", "domid", "test"],
    ["-d", "9", "domid test"],
    ["-d", "-1", "domid test"],
    ["-d", "x", "domid test"],
    ["-d"],
    ["-e", "^]", "pwd"],
    ["-e", "a", "pwd"],
    ["-e", "ab", "pwd"],
    ["-e", "^", "pwd"],
    ["-e", "^!", "pwd"],
    ["-e", "^a", "pwd"],
    ["-e", "", "pwd"],
    ["-k", "0", "uri"],
    ["-k", "0", "-K", "5", "uri"],
    ["-k", "5", "uri"],
    ["-K", "5", "uri"],
    ["-k", "-1", "uri"],
    ["-k", "x", "uri"],
    ["-k", "", "uri"],
    ["-K", "-1", "uri"],
    ["-K", "x", "uri"],
    ["--keepalive-interval", "x", "uri"],
    ["--keepalive-interval=-1", "uri"],
    ["--keepalive-count", "x", "uri"],
    ["-k", "99999999999", "uri"],
    ["-c"],
    ["--connect"],
    ["-K"],
    ["-l"],
    ["--lo"],
    ["-l", "/nosuch/log", "uri"],
    ["-z"],
    ["-zk", "list"],
    ["--foo"],
    ["--quiet=foo"],
    ["--all list"],
    ["-v"],
    ["--version"],
    ["--ver"],
    ["--version=short"],
    ["--version=bad"],
    ["-v", "list"],
    ["--re", "suspend test"],
    ["--qui", "list"],
]

# Standard input of the interactive shell, without a terminal.
SCRIPTS = [
    "",
    "list\n",
    "list",
    "list\nquit\nlist\n",
    "list\nexit\n",
    "nosuch\ndominfo nosuch\necho a; echo b\n",
    "echo a\\\nb\n",
    "echo \"a\nb\"\n",
    "\n\n# x\n  \n",
    "cd /usr\npwd\ncd nosuch\npwd\ncd\ncd ''\n",
    "connect\nuri\nconnect --readonly\nuri\nsuspend test\nconnect test:///default\nsuspend test\n",
    "quit foo\nhelp echo\nquit\n",
    "destroy test; list --all\nstart test\nlist\ndominfo --help\n",
]

# Environment, arguments.
ENVIRONMENTS = [
    ({"VIRSH_DEBUG": "9"}, ["domid", "test"]),
    ({"VIRSH_DEBUG": "x"}, ["domid test"]),
    ({"VIRSH_DEBUG": "0"}, ["domid test"]),
    ({"VIRSH_DEBUG": "x"}, ["-d", "4", "domid test"]),
    ({"EDITOR": "./ed_same"}, ["edit test; desc test --edit; metadata test u --edit --key k"]),
    ({"EDITOR": "./ed_memory"}, ["edit test; dumpxml test --inactive; destroy test; dominfo test"]),
    ({"EDITOR": "./ed_memory"}, ["-q", "edit test; dumpxml test --inactive"]),
    ({"EDITOR": "./ed_hello"}, ["desc test --edit; desc test; desc test --edit foo; desc test --title --edit; desc test --title"]),
    ({"EDITOR": "./ed_element"}, ["metadata test u --edit --key k; metadata test u; metadata test u --edit; "
                                  "metadata test u --edit --key k"]),
    ({"EDITOR": "./ed_memory", "VISUAL": "./ed_same"}, ["edit test"]),
    ({"EDITOR": "./ed_memory", "VISUAL": "./ed_same -x"}, ["edit test"]),
    ({"EDITOR": "true && ./ed_memory"}, ["edit test"]),
    ({"EDITOR": "", "VISUAL": ""}, ["edit test"]),
]

# Without -c: environment, arguments.
WITHOUT_URI = [
    ({"VIRSH_DEFAULT_CONNECT_URI": "test:///default"}, ["uri"]),
    ({"LIBVIRT_DEFAULT_URI": "test:///default"}, ["uri"]),
    ({"VIRSH_DEFAULT_CONNECT_URI": "test:///default", "LIBVIRT_DEFAULT_URI": "foo:///x"}, ["uri"]),
    ({"LIBVIRT_DEFAULT_URI": "test:///default"}, ["-c", "", "uri"]),
    ({"LIBVIRT_DEFAULT_URI": "test:///default"}, ["connect; uri"]),
    ({"LIBVIRT_DEFAULT_URI": "test:///nosuch"}, ["echo a; list; echo b; uri"]),
    ({"LIBVIRT_DEFAULT_URI": "test:///nosuch"}, ["event --list"]),
    ({"LIBVIRT_DEFAULT_URI": "test:///nosuch"}, ["connect test:///default; uri; connect; uri; connect test:///nosuch; uri"]),
    ({"VIRSH_DEFAULT_CONNECT_URI": "test:///nosuch"}, ["echo a"]),
    ({}, ["-c", "test:///nosuch", "echo a; list"]),
    ({}, ["-c", "test:///nosuch", "dominfo"]),
    ({}, ["-c", "test:///nosuch", "help echo"]),
    ({"LIBVIRT_DEFAULT_URI": "test:///default"}, ["-r", "connect test:///default; suspend test; connect test:///default "
                                                        "--readonly; suspend test; connect test:///default; suspend test"]),
]


def combinations(command, options):
    """One line with every combination of the options."""
    lines = []
    for chosen in range(1 << len(options)):
        picked = [option for index, option in enumerate(options) if chosen >> index & 1]
        lines.append(" ".join([command, *picked]))
    return "; ".join(lines)


for start in "", "destroy test; ", "undefine test; ":
    LINES += [
        start + combinations("vcpucount test", ["--maximum", "--active", "--live", "--config", "--current", "--guest"]),
        start + combinations("setvcpus test 1", ["--maximum", "--config", "--live", "--current", "--guest"]),
        start + combinations("setmem test 4096", ["--config", "--live", "--current"]),
        start + combinations("setmaxmem test 4096", ["--config", "--live", "--current"]),
        start + combinations("vcpupin test", ["0", "--config", "--live", "--current"]),
        start + combinations("vcpupin test 0 1", ["--config", "--live", "--current"]),
        start + combinations("emulatorpin test", ["--config", "--live", "--current"]),
        start + combinations("vcpuinfo test", ["--pretty"]),
        start + combinations("desc test", ["--config", "--live", "--current", "--title"]),
        start + combinations("desc test words", ["--config", "--live", "--current", "--title"]),
        start + combinations("metadata test u", ["--config", "--live", "--current", "--remove"]),
        start + combinations("metadata test u --key k --set '<a/>'", ["--config", "--live", "--current"]),
        start + combinations("list", ["--all", "--inactive", "--id", "--name", "--uuid", "--table", "--managed-save"]),
        start + combinations("list", ["--all", "--state-running", "--state-shutoff", "--state-paused", "--transient"]),
        start + combinations("dumpxml test", ["--inactive", "--security-info", "--update-cpu", "--migratable", "--wrap"]),
    ]
