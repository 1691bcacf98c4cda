# SPDX-License-Identifier: MIT
"""Steps through the API with the stock bindings and prints what each gives: results, errors with all their fields, and
at the end the events in order. Run as `api_steps.py URI [threads]`; the output of two runs must be the same.
"""
import sys
import threading

import libvirt

UUID = "11111111-2222-3333-4444-555555555555"
PLAIN = f"""<domain type='test'><name>plain</name><uuid>{UUID}</uuid><title>T</title><memory unit='MiB'>64</memory>
<vcpu current='2'>4</vcpu><os><type arch='i686'>hvm</type></os></domain>"""
TRANSIENT = PLAIN.replace("plain", "transient").replace("1111-2222", "2222-2222")
LIVE, CONFIG, MAXIMUM = 1, 2, 4


def neutral(value):
    if isinstance(value, libvirt.virDomain):
        return f"domain {value.name()} {value.UUIDString()} {value.ID()}"
    if isinstance(value, (list, tuple)):
        return type(value)(neutral(item) for item in value)
    return value


def show(label, function, *arguments, hide=()):
    """Prints one step. `hide` are the indices of what differs by nature, like CPU time."""
    try:
        value = neutral(function(*arguments))
        for index in hide:
            value[index] = "HIDDEN"
        print(label, repr(value))
    except libvirt.libvirtError as error:
        print(label, "ERROR", *(repr(field) for field in error.err or ()))
    except (TypeError, OverflowError, AttributeError) as error:
        print(label, type(error).__name__)


def query_domain(dom):
    for name in ("name", "UUIDString", "ID", "OSType", "maxMemory", "maxVcpus", "isActive", "isPersistent",
                 "isUpdated", "autostart", "snapshotNum", "hasManagedSaveImage", "state", "controlInfo"):
        show(f"  {name}", getattr(dom, name))
    show("  info", dom.info, hide=[4])
    for flags in (0, 1, 2, 4, 8, 0x100):
        show(f"  XMLDesc {flags}", dom.XMLDesc, flags)
    for flags in (0, LIVE, CONFIG, LIVE | CONFIG, MAXIMUM | LIVE, MAXIMUM | CONFIG, 8, 0x100):
        show(f"  vcpusFlags {flags}", dom.vcpusFlags, flags)
    for kind in (0, 1, 2, 9):
        show(f"  metadata {kind}", dom.metadata, kind, None)
    show("  vcpus", lambda: [[cpu[0], cpu[1], cpu[3]] for cpu in dom.vcpus()[0]])


def query_connection(conn):
    for name in ("getType", "getVersion", "getLibVersion", "getHostname", "getInfo", "numOfDomains", "listDomainsID",
                 "numOfDefinedDomains", "listDefinedDomains", "isAlive", "isEncrypted", "isSecure", "getFreeMemory"):
        show(name, getattr(conn, name))
    for flags in (0, 1, 2, 4, 8, 16, 64, 128, 256, 512, 0x4000, 0x8000):
        show(f"listAllDomains {flags}", lambda: sorted(neutral(conn.listAllDomains(flags))))
    for kind in (None, "test", "TEST", "nonsense"):
        show(f"getMaxVcpus {kind}", conn.getMaxVcpus, kind)


def lookups(conn):
    show("by name", conn.lookupByName, "test")
    show("by id", conn.lookupByID, 1)
    show("by uuid", conn.lookupByUUIDString, "6695eb01-f6a4-8304-79aa-97f2502e193f")
    for value in ("nosuch", "", "x" * 5000, "n\u00e4me"):
        show(f"by name {value[:9]}", conn.lookupByName, value)
    for value in (0, -1, 99, 2**31 - 1, 2**31):
        show(f"by id {value}", conn.lookupByID, value)
    for value in (UUID, "", "zz", UUID + "0", UUID.replace("-", "")):
        show(f"by uuid {value}", conn.lookupByUUIDString, value)


def changes(conn):
    for xml in (PLAIN, PLAIN, PLAIN.replace("plain", "other"), PLAIN.replace(UUID, UUID[::-1]), "", "<a/>", "<domain",
                "<domain type='test'/>", "<domain type='test'><name/></domain>"):
        show(f"defineXML {len(xml)}", conn.defineXML, xml)
    show("defineXMLFlags", conn.defineXMLFlags, PLAIN, 1)
    show("defineXMLFlags", conn.defineXMLFlags, PLAIN, 0x80)
    dom = conn.lookupByName("plain")
    query_domain(dom)
    steps = [("suspend",), ("resume",), ("shutdown",), ("destroy",), ("reboot", 0), ("setAutostart", 1),
             ("setAutostart", 7), ("setMemory", 4096), ("setMaxMemory", 131072), ("setVcpus", 3),
             ("setMemoryFlags", 8192, CONFIG), ("setVcpusFlags", 3, CONFIG), ("setVcpusFlags", 8, CONFIG | MAXIMUM),
             ("setVcpusFlags", 0, CONFIG), ("setVcpusFlags", 999, CONFIG), ("setMetadata", 0, "words", None, None, 2),
             ("create",), ("create",), ("createWithFlags", 0), ("createWithFlags", 0x4000), ("suspend",), ("suspend",),
             ("resume",), ("resume",), ("setMemory", 4096), ("setMemory", 2**40), ("setMemory", 0), ("setVcpus", 1),
             ("setVcpusFlags", 2, LIVE), ("setVcpusFlags", 2, LIVE | CONFIG), ("setVcpusFlags", 999, LIVE),
             ("setMaxMemory", 65536), ("reboot", 0), ("state",), ("reboot", 0x100), ("shutdownFlags", 0),
             ("shutdownFlags", 0x100), ("state",), ("create",), ("undefine",), ("isPersistent",), ("isUpdated",),
             ("undefine",), ("shutdown",), ("state",), ("XMLDesc", 0), ("create",)]
    for name, *arguments in steps:
        show(f"{name} {arguments}", getattr(dom, name), *arguments)
    show("createXML", conn.createXML, TRANSIENT, 0)
    show("createXML again", conn.createXML, TRANSIENT, 0)
    show("createXML flags", conn.createXML, TRANSIENT, 0x100)
    dom = conn.lookupByName("transient")
    query_domain(dom)
    for name, *arguments in [("setAutostart", 1), ("undefine",), ("undefineFlags", 0), ("destroyFlags", 0),
                             ("destroyFlags", 0x100), ("info",), ("destroy",)]:
        show(f"{name} {arguments}", getattr(dom, name), *arguments)
    test = conn.lookupByName("test")
    for name, *arguments in [("rename", "moved", 0), ("destroy",), ("rename", "moved", 0), ("rename", "", 0),
                             ("name",), ("undefineFlags", 0x100), ("undefineFlags", 0), ("name",), ("isActive",)]:
        show(f"{name} {arguments}", getattr(test, name), *arguments)


def readonly(uri):
    conn = libvirt.openReadOnly(uri)
    dom = conn.lookupByName("test")
    query_connection(conn)
    query_domain(dom)
    show("defineXML", conn.defineXML, PLAIN)
    show("createXML", conn.createXML, PLAIN, 0)
    for name, *arguments in [("suspend",), ("resume",), ("shutdown",), ("reboot", 0), ("destroy",), ("undefine",),
                             ("create",), ("setAutostart", 1), ("setMemory", 1024), ("setMaxMemory", 1024),
                             ("setVcpus", 1), ("setVcpusFlags", 1, LIVE), ("setMemoryFlags", 1, LIVE),
                             ("destroyFlags", 0), ("shutdownFlags", 0), ("undefineFlags", 0), ("rename", "x", 0),
                             ("setMetadata", 0, "x", None, None, 0)]:
        show(f"{name} {arguments}", getattr(dom, name), *arguments)
    show("close", conn.close)


def with_events(conn, steps):
    """The events of the steps, in order. One for a last domain shows that all earlier ones have come."""
    events = []

    def remember(conn, dom, event, detail, tag):
        events.append((tag, dom.name(), event, detail))

    ids = [conn.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, remember, "all"),
           conn.domainEventRegisterAny(conn.lookupByName("test"), libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, remember,
                                       "test only")]
    print("callback ids", ids)
    show("same again", conn.domainEventRegisterAny, None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, remember, "again")
    show("event id 999", conn.domainEventRegisterAny, None, 999, remember, None)
    show("event id -1", conn.domainEventRegisterAny, None, -1, remember, None)
    show("deregister 999", conn.domainEventDeregisterAny, 999)
    steps()
    conn.defineXML(PLAIN.replace("plain", "last").replace(UUID, UUID[::-1].replace("5", "7")))
    while sum(name == "last" for _, name, _, _ in events) < 1:
        libvirt.virEventRunDefaultImpl()
    for tag in ("all", "test only"):
        for event in events:
            if event[0] == tag:
                print("event", *event)
    for number in ids:
        show("deregister", conn.domainEventDeregisterAny, number)


def many_threads(conn):
    """Eight threads on one connection; each thread's own results must be as if it were alone."""
    results = [[] for _ in range(8)]

    def work(number):
        own = PLAIN.replace("plain", f"own{number}").replace(UUID, UUID[:-1] + str(number))
        for _ in range(20):
            dom = conn.defineXML(own)
            dom.create()
            dom.suspend()
            results[number].append((dom.name(), dom.state(), conn.lookupByName(f"own{number}").UUIDString()))
            try:
                conn.lookupByName(f"nosuch{number}")
            except libvirt.libvirtError as error:
                results[number].append(error.err[2])
            dom.destroy()
            dom.undefine()

    threads = [threading.Thread(target=work, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        print(len(result), *sorted(set(map(str, result))))


def main():
    uri, *mode = sys.argv[1:]
    libvirt.registerErrorHandler(lambda *_: None, None)
    libvirt.virEventRegisterDefaultImpl()
    watchdog = threading.Timer(50, lambda: sys.exit("an event never came"))
    watchdog.daemon = True
    watchdog.start()
    show("open", libvirt.open, "test+unix:///default?socket=/nonexistent/socket")
    if mode == ["readonly"]:
        readonly(uri)
        return
    conn = libvirt.open(uri)
    if mode == ["threads"]:
        many_threads(conn)
        return
    query_connection(conn)
    lookups(conn)
    query_domain(conn.lookupByName("test"))
    with_events(conn, lambda: changes(conn))
    show("close", conn.close)


if __name__ == "__main__":
    main()
