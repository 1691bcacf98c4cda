# SPDX-License-Identifier: MIT
"""What is typed at virsh: scripts of command lines, run one process a line, in order, on a fresh test:///default.
FILE.xml stands for a file of FILES below.
"""

UUID = "11111111-2222-3333-4444-555555555555"
MAC = "<interface type='network'><mac address='52:54:00:12:34:56'/><source network='default'/></interface>"
FILES = {
    "plain.xml": f"""<domain type='test'>
  <name>plain</name>
  <uuid>{UUID}</uuid>
  <title>A title</title>
  <description>Some words &amp; more</description>
  <memory unit='MiB'>64</memory>
  <currentMemory unit='KiB'>32768</currentMemory>
  <vcpu placement='static' current='2'>4</vcpu>
  <os><type arch='i686'>hvm</type><boot dev='hd'/></os>
  <devices>{MAC}</devices>
</domain>
""",
    "other-uuid.xml": """<domain type='test'><name>plain</name><uuid>99999999-2222-3333-4444-555555555555</uuid>
<memory>1024</memory><os><type>hvm</type></os></domain>""",
    "other-name.xml": f"""<domain type='test'><name>renamed</name><uuid>{UUID}</uuid>
<memory>1024</memory><os><type>hvm</type></os></domain>""",
    "changed.xml": f"""<domain type='test'><name>plain</name><uuid>{UUID}</uuid>
<memory unit='GiB'>1</memory><vcpu>3</vcpu><os><type>hvm</type></os></domain>""",
    "transient.xml": """<domain type='test'><name>transient</name><uuid>22222222-2222-3333-4444-555555555555</uuid>
<memory>8192</memory><os><type>hvm</type></os></domain>""",
    "no-uuid.xml": "<domain type='test'><name>fresh</name><memory>8192</memory><os><type>hvm</type></os></domain>",
    "utf8.xml": "<domain type='test'><name>n\u00e4me \u2603</name><memory>8192</memory>"
                "<os><type>hvm</type></os></domain>",
    "no-name.xml": "<domain type='test'><memory>8192</memory><os><type>hvm</type></os></domain>",
    "no-memory.xml": "<domain type='test'><name>x</name><os><type>hvm</type></os></domain>",
    "no-os.xml": "<domain type='test'><name>x</name><memory>8192</memory></domain>",
    "wrong-type.xml": "<domain type='nothing'><name>x</name><memory>8192</memory><os><type>hvm</type></os></domain>",
    "wrong-root.xml": "<network><name>x</name></network>",
    "slash.xml": "<domain type='test'><name>a/b</name><memory>8192</memory><os><type>hvm</type></os></domain>",
    "bad-uuid.xml": "<domain type='test'><name>x</name><uuid>zz</uuid><memory>8192</memory>"
                    "<os><type>hvm</type></os></domain>",
    "vcpu-zero.xml": "<domain type='test'><name>x</name><memory>8192</memory><vcpu>0</vcpu>"
                     "<os><type>hvm</type></os></domain>",
    "vcpu-current.xml": "<domain type='test'><name>x</name><memory>8192</memory><vcpu current='3'>2</vcpu>"
                        "<os><type>hvm</type></os></domain>",
    "broken.xml": "<domain type='test'>\n  <name>x</nam>\n</domain>",
    "empty.xml": "",
}


def lines(text):
    return [line.split() for line in text.strip().splitlines()]


SCRIPTS = {
    "look": lines("""
        uri
        hostname
        version
        list
        list --all
        list --all --name
        list --all --uuid
        list --id
        list --all --title
        list --all --table --managed-save
        list --inactive
        list --all --persistent --state-running --no-autostart
        list --transient
        list --name --table
        nodeinfo
        dominfo test
        dominfo 1
        domstate test
        domstate test --reason
        domcontrol test
        domid test
        domname 1
        domname 6695eb01-f6a4-8304-79aa-97f2502e193f
        domuuid test
        domuuid 1
        dumpxml test
        dumpxml test --inactive
        dumpxml test --security-info
        vcpuinfo test
        vcpuinfo test --pretty
        vcpucount test
        vcpucount test --maximum --live
        vcpucount test --maximum --config
        vcpucount test --current --live
        vcpucount test --current --live --config
        vcpucount test --active
        maxvcpus
        maxvcpus test
        maxvcpus nonsense
        desc test
        desc test --title
        echo a b
        echo --xml <a>
        echo --shell it's"""),
    "wrong-objects": [[command, name] for command in (
        "dominfo", "domstate", "domid", "domname", "domuuid", "dumpxml", "start", "suspend", "resume", "shutdown",
        "reboot", "destroy", "undefine", "autostart", "vcpucount", "vcpuinfo", "desc", "domcontrol")
        for name in ("nosuch", "99", "00000000-2222-3333-4444-555555555555")] + lines("""
        dominfo 0
        dominfo -1
        dominfo 99999999999
        domname nosuch
        domrename nosuch other
        setmem nosuch 1024
        setmaxmem nosuch 1024
        setvcpus nosuch 1"""),
    "wrong-words": lines("""
        nosuchcommand
        dominfo
        dominfo test extra
        list --nonsense
        list --title --name
        setmem test
        setmem test abc
        setmem test 1 x
        setvcpus test many
        setvcpus test -1
        vcpucount test --maximum --current
        vcpucount test --live --config --maximum
        define nosuch.xml
        create nosuch.xml
        help nosuchcommand
        autostart test --nonsense
        reboot test --mode nonsense
        shutdown test --mode nonsense
        event test --event nonsense
        event
        event --list""") + [["dominfo", ""], ["domrename", "test", ""], ["dominfo", "n\u00e4me"], [""], ["list;list"],
                          ["list --all; dominfo test"], ["dominfo nosuch; list"], ["list", ";", "nodeinfo"]],
    "life": lines("""
        define plain.xml
        list --all
        dominfo plain
        dumpxml plain
        domid plain
        domstate plain --reason
        suspend plain
        resume plain
        shutdown plain
        reboot plain
        destroy plain
        vcpucount plain
        vcpuinfo plain
        start plain
        start plain
        list --all
        dominfo plain
        dumpxml plain
        vcpuinfo plain
        vcpucount plain
        domid plain
        suspend plain
        suspend plain
        domstate plain --reason
        list --state-paused
        resume plain
        resume plain
        domstate plain --reason
        reboot plain
        domstate plain --reason
        reboot plain --mode acpi
        shutdown plain
        domstate plain --reason
        start plain --paused
        domstate plain --reason
        destroy plain
        domstate plain --reason
        destroy plain
        start plain --force-boot
        undefine plain
        list --all
        dominfo plain
        destroy plain
        list --all
        define plain.xml
        start plain
        shutdown plain --mode acpi
        undefine plain
        list --all
        destroy test --graceful
        undefine test --managed-save
        list --all"""),
    "define": lines("""
        define plain.xml
        define plain.xml
        define other-uuid.xml
        define other-name.xml
        define changed.xml
        dumpxml plain
        start plain
        define plain.xml
        dumpxml plain
        dumpxml plain --inactive
        define no-uuid.xml
        dominfo fresh
        dumpxml fresh
        define utf8.xml
        list --all
        define no-name.xml
        define no-memory.xml
        define no-os.xml
        define wrong-type.xml
        define wrong-root.xml
        define slash.xml
        define bad-uuid.xml
        define vcpu-zero.xml
        define vcpu-current.xml
        define broken.xml
        define empty.xml
        define plain.xml --validate
        define wrong-root.xml --validate
        list --all"""),
    "transient": lines("""
        create transient.xml
        list --all
        list --transient
        dominfo transient
        dumpxml transient
        create transient.xml
        autostart transient
        undefine transient
        suspend transient
        destroy transient
        list --all
        create transient.xml --paused
        domstate transient --reason
        define transient.xml
        dominfo transient
        destroy transient
        dominfo transient
        create transient.xml
        shutdown transient
        list --all
        create wrong-type.xml
        create transient.xml --autodestroy
        list --all"""),
    "tune": lines("""
        define plain.xml
        autostart plain
        dominfo plain
        list --all --autostart
        autostart plain --disable
        dominfo plain
        setmem plain 16384
        setmem plain 16384 --config
        dominfo plain
        setmem plain 1G
        setmem plain 1G --config
        setmaxmem plain 128M
        setmaxmem plain 128M --config
        dominfo plain
        setmaxmem plain 0 --config
        setmem plain 0 --config
        setmem plain 99999999999T --config
        setvcpus plain 3
        setvcpus plain 3 --config
        vcpucount plain
        setvcpus plain 8 --config --maximum
        setvcpus plain 9 --config
        setvcpus plain 0 --config
        setvcpus plain 99 --config --maximum
        vcpucount plain
        start plain
        setmem plain 8192
        setmem plain 8192 --live
        setmem plain 4096 --live --config
        setmem plain 4096 --current
        setmem plain 4096 --current --live
        setmem plain 9G
        setmaxmem plain 64M
        dominfo plain
        setvcpus plain 1
        setvcpus plain 2 --live
        setvcpus plain 1 --live --config
        setvcpus plain 4 --live --maximum
        setvcpus plain 40
        vcpucount plain
        vcpucount plain --guest
        dominfo plain
        dumpxml plain
        dumpxml plain --inactive
        desc plain
        desc plain --title
        desc plain --config --title Another title
        desc plain --config Other words
        desc plain --live --title Live title
        desc plain --live --config Both of them
        desc plain
        desc plain --title --config
        list --all --title
        dumpxml plain
        domrename plain moved
        destroy plain
        domrename plain moved
        domrename moved test
        domrename moved moved
        domrename moved a/b
        list --all
        domuuid moved
        dominfo moved
        undefine moved
        list --all"""),
}
