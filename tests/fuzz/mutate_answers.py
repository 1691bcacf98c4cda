# SPDX-License-Identifier: MIT
"""A client that lives through wrong answers: run as `mutate_answers.py URI ROUNDS` with the library to be tested.

It uses the connection as a program would and takes any error; what it must not do is crash or wait for ever.
"""
import faulthandler
import sys

import libvirt

XML = "<domain type='test'><name>n</name><memory>1024</memory><os><type>hvm</type></os></domain>"


def one_round(uri):
    conn = libvirt.open(uri)
    conn.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, lambda *_: None, None)
    for function in (conn.getInfo, conn.listDomainsID, conn.listDefinedDomains, conn.getHostname, conn.getURI,
                     conn.getLibVersion, conn.listAllDomains, lambda: conn.getMaxVcpus("test")):
        attempt(function)
    for find in (lambda: conn.lookupByName("test"), lambda: conn.lookupByID(1), lambda: conn.defineXML(XML)):
        dom = attempt(find)
        if dom:
            for function in (dom.info, dom.XMLDesc, dom.state, dom.vcpus, dom.OSType, dom.maxMemory, dom.autostart,
                             dom.create, dom.suspend, dom.destroy, dom.undefine, dom.vcpusFlags):
                attempt(function)
    attempt(conn.close)


def attempt(function):
    """Its result, or None where it failed, as it may: the bindings raise all sorts over what they are handed."""
    try:
        return function()
    except Exception:
        return None


def main():
    uri, rounds = sys.argv[1:]
    faulthandler.enable()
    libvirt.registerErrorHandler(lambda *_: None, None)
    libvirt.virEventRegisterDefaultImpl()
    opened = 0
    for _ in range(int(rounds)):
        try:
            one_round(uri)
            opened += 1
        except libvirt.libvirtError:
            pass
    print(opened)


if __name__ == "__main__":
    main()
