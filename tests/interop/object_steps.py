# SPDX-License-Identifier: MIT
"""Steps through the objects beside domains (networks, ports, pools, volumes, interfaces, devices, filters, secrets, snapshots)
with the stock bindings, and prints what each gives. Run as `object_steps.py URI`; two runs must print the same. Only the
library is tested here: the server is the stock daemon, since our drivers do not answer these calls yet.
"""
import sys

import libvirt

from api_steps import PLAIN, show

NET = "<network><name>{0}</name><uuid>aaaaaaaa-0000-0000-0000-0000000000{1}</uuid><forward mode='nat'/>" \
      "<bridge name='virbr{1}'/><ip address='192.168.{1}.1' netmask='255.255.255.0'/></network>"
PORT = "<networkport><owner><name>x</name><uuid>bbbbbbbb-0000-0000-0000-000000000001</uuid></owner>" \
       "<mac address='52:54:00:7b:35:93'/><uuid>cccccccc-0000-0000-0000-000000000001</uuid></networkport>"
POOL = "<pool type='dir'><name>{0}</name><uuid>dddddddd-0000-0000-0000-0000000000{1}</uuid><target><path>/pool{1}</path></target></pool>"
VOL = "<volume><name>{0}</name><capacity>1048576</capacity><target><format type='raw'/></target></volume>"
IFACE = "<interface type='ethernet' name='{0}'><start mode='onboot'/><mac address='aa:bb:cc:dd:ee:0{1}'/><mtu size='1492'/>" \
        "<protocol family='ipv4'><ip address='192.168.0.5' prefix='24'/></protocol></interface>"
DISK = "<disk type='file' device='disk'><source file='/more'/><target dev='vdb' bus='virtio'/></disk>"


def texts(value):
    """Handles by what names them."""
    if isinstance(value, (list, tuple)):
        return sorted((texts(item) for item in value), key=repr)
    for accessors in (("name", "UUIDString"), ("name", "key"), ("name", "MACString"), ("UUIDString", "usageID"),
    ("UUIDString",), ("name",), ("getName",)):
        if all(hasattr(value, accessor) for accessor in accessors):
            return tuple(getattr(value, accessor)() for accessor in accessors)
    return value


def step(label, function, *arguments):
    show(label, lambda: texts(function(*arguments)))


def each(target, label, *calls):
    """Calls are a name, or a tuple of a name and arguments."""
    for call in calls:
        name, *arguments = call if isinstance(call, tuple) else (call,)
        step(f"{label} {name} {arguments!r:.60}", getattr(target, name), *arguments)


def networks(conn):
    each(conn, "conn", "numOfNetworks", "listNetworks", "numOfDefinedNetworks", "listDefinedNetworks",
         ("listAllNetworks", 0),
         ("listAllNetworks", 2), ("networkLookupByName", "default"), ("networkLookupByName", "nosuch"),
         ("networkLookupByUUIDString", "aaaaaaaa-0000-0000-0000-000000000099"), ("networkDefineXML", "<network"),
         ("networkDefineXML", NET.format("one", 41)), ("networkCreateXML", NET.format("two", 42)))
    for name in ("one", "two"):
        net = conn.networkLookupByName(name)
        each(net, name, "name", "UUIDString", "isActive", "isPersistent", "bridgeName", "autostart",
             ("setAutostart", 1), "autostart",
             ("XMLDesc", 0), ("XMLDesc", 1), "create", "create", ("update", 1, 4, -1, "<host/>", 0), "destroy",
             "destroy",
             ("listAllPorts", 0), ("portCreateXML", PORT, 0), ("portLookupByUUIDString",
             "cccccccc-0000-0000-0000-000000000002"), "undefine")


def pools(conn):
    each(conn, "conn", "numOfStoragePools", "listStoragePools", "numOfDefinedStoragePools",
         "listDefinedStoragePools", ("listAllStoragePools", 0),
         ("storagePoolLookupByName", "default-pool"), ("storagePoolLookupByName", "nosuch"),
         ("storagePoolDefineXML", POOL.format("p1", 51), 0),
         ("storagePoolCreateXML", POOL.format("p2", 52), 0), ("storagePoolDefineXML", "<pool/>", 0),
         ("storageVolLookupByKey", "nosuch"),
         ("storageVolLookupByPath", "/nosuch"), ("storagePoolLookupByTargetPath", "/pool52"),
         ("getStoragePoolCapabilities", 0),
         ("findStoragePoolSources", "logical", None, 0))
    for name in ("p1", "p2"):
        pool = conn.storagePoolLookupByName(name)
        each(pool, name, "name", "UUIDString", "isActive", "isPersistent", "autostart", ("setAutostart", 1),
             ("XMLDesc", 0), ("create", 0),
             ("build", 0), ("refresh", 0), "numOfVolumes", "listVolumes", ("listAllVolumes", 0),
             ("createXML", VOL.format("v1"), 0),
             ("createXML", VOL.format("v1"), 0), ("createXML", "<volume/>", 0), ("storageVolLookupByName", "v1"),
             ("storageVolLookupByName", "nosuch"),
             "listVolumes", ("listAllVolumes", 0))
        volume = pool.storageVolLookupByName("v1")
        each(volume, "v1", "name", "key", "path", "info", ("infoFlags", 0), ("infoFlags", 1), ("XMLDesc", 0), ("wipe", 0), ("wipePattern", 1, 0),
             ("resize", 2097152, 0), "storagePoolLookupByVolume")
        step("clone", pool.createXMLFrom, VOL.format("v2"), volume, 0)
        each(conn, "conn", ("storageVolLookupByPath", volume.path()), ("storageVolLookupByKey", volume.key()))
        each(volume, "v1", ("delete", 0), ("delete", 0), ("XMLDesc", 0))
        each(pool, name, ("delete", 0), "destroy", "destroy", ("delete", 0), "undefine")


def interfaces(conn):
    each(conn, "conn", "numOfInterfaces", "listInterfaces", "numOfDefinedInterfaces", "listDefinedInterfaces",
         ("listAllInterfaces", 0),
         ("interfaceLookupByName", "eth1"), ("interfaceLookupByName", "nosuch"), ("interfaceLookupByMACString",
         "aa:bb:cc:dd:ee:ff"),
         ("changeBegin", 0), ("changeBegin", 0), ("interfaceDefineXML", IFACE.format("eth7", 7), 0),
         ("interfaceDefineXML", "<x/>", 0))
    iface = conn.interfaceLookupByName("eth7")
    each(iface, "eth7", "name", "MACString", ("XMLDesc", 0), "isActive", ("create", 0), ("create", 0), "isActive",
         ("destroy", 0), "undefine", "undefine")
    each(conn, "conn", ("changeCommit", 0), ("changeRollback", 0), ("listAllInterfaces", 0))


def devices(conn):
    each(conn, "conn", ("numOfDevices", None, 0), ("listDevices", None, 0), ("listDevices", "system", 0),
         ("listAllDevices", 0), ("nodeDeviceLookupByName", "computer"),
         ("nodeDeviceLookupByName", "nosuch"), ("nodeDeviceLookupSCSIHostByWWN", "2000000012341234",
         "1000000012341234", 0), ("nodeDeviceCreateXML", "<device/>", 0),
         ("nodeDeviceDefineXML", "<device/>", 0))
    device = conn.nodeDeviceLookupByName("computer")
    each(device, "computer", "name", ("XMLDesc", 0), "numOfCaps", "listCaps", "destroy", ("undefine", 0),
         ("create", 0), "autostart", ("setAutostart", 1),
         "isPersistent", "isActive", "reAttach", "reset")


def others(conn):
    each(conn, "conn", "numOfSecrets", ("listAllSecrets", 0), ("secretLookupByUUIDString",
         "aaaaaaaa-0000-0000-0000-000000000099"),
         ("secretLookupByUsage", 1, "x"), ("secretDefineXML", "<secret/>", 0), "numOfNWFilters", "listNWFilters",
         ("listAllNWFilters", 0),
         ("nwfilterLookupByName", "x"), ("nwfilterDefineXML", "<filter/>"), ("listAllNWFilterBindings", 0),
         ("nwfilterBindingLookupByPortDev", "x"),
         ("compareCPU", "<cpu/>", 0), ("domainXMLFromNative", "qemu-argv", "x", 0), ("domainXMLToNative",
         "qemu-argv", "<domain/>", 0),
         ("suspendForDuration", 0, 60, 0), ("getDomainCapabilities", None, None, None, None, 0),
         ("saveImageGetXMLDesc", "/nosuch", 0), ("restore", "/nosuch"))


def domains(conn, directory):
    dom = conn.defineXML(PLAIN)
    dom.create()
    each(dom, "plain", ("snapshotCreateXML", "<domainsnapshot><name>s1</name></domainsnapshot>", 0),
         ("snapshotCreateXML", "<domainsnapshot><name>s2</name></domainsnapshot>", 0), ("listAllSnapshots", 0),
         ("snapshotLookupByName", "s1", 0),
         ("snapshotLookupByName", "nosuch", 0), ("hasCurrentSnapshot", 0), ("snapshotCurrent", 0), "snapshotNum")
    snapshot = dom.snapshotLookupByName("s2", 0)
    each(snapshot, "s2", "getName", ("getParent", 0), ("isCurrent", 0), ("hasMetadata", 0), ("numChildren", 0),
         ("listAllChildren", 0), ("delete", 0))
    step("revert", dom.revertToSnapshot, dom.snapshotLookupByName("s1", 0), 0)
    step("parent domain", lambda: dom.snapshotLookupByName("s1", 0).getDomain().name())
    each(dom.snapshotLookupByName("s1", 0), "s1", ("listAllChildren", 0), ("getParent", 0), ("delete", 0))
    each(dom, "plain", ("schedulerParametersFlags", 0), ("setSchedulerParametersFlags", {"weight": 7}, 0), ("memoryParameters", 0),
         ("setMemoryParameters", {"hard_limit": 4096}, 0), ("memoryParameters", 1),
         ("memoryParameters", 3), ("blkioParameters", 0), ("setBlkioParameters", {"weight": 200, "device_weight": "/dev/sda,1"}, 2),
         ("blkioParameters", 2), ("numaParameters", 0), ("setNumaParameters", {"numa_nodeset": "0-1", "numa_mode": 0}, 2),
         ("numaParameters", 2), ("interfaceParameters", "x", 0), ("setInterfaceParameters", "x", {"inbound.average": 1}, 0),
         ("blockIoTune", "vda", 0), ("setBlockIoTune", "vda", {"total_iops_sec": 100}, 0), ("blockIoTune", "vda", 0), ("blockStatsFlags", "vda", 0),
         ("perfEvents", 0), ("setPerfEvents", {"cmt": True}, 0), ("guestInfo", 0, 0), ("launchSecurityInfo", 0), ("pinEmulator", (True,), 0),
         ("pinIOThread", 1, (True,), 0), ("blockInfo", "vda", 0), "jobInfo", ("blockCopy", "vda", "<disk/>", {"granularity": 1024}, 0))
    running = conn.lookupByName("test")
    each(running, "test", ("schedulerParametersFlags", 0), ("setSchedulerParametersFlags", {"weight": 7}, 0), ("schedulerParametersFlags", 0),
         ("interfaceParameters", "testnet0", 0), ("setInterfaceParameters", "testnet0", {"inbound.average": 1000, "inbound.peak": 2000}, 0),
         ("interfaceParameters", "testnet0", 0), ("blockIoTune", "vda", 0), ("setBlockIoTune", "vda", {"total_iops_sec": 100, "group_name": "g"}, 0),
         ("blockIoTune", "vda", 0), ("blockInfo", "vda", 0), ("blockInfo", "nosuch", 0), ("blockStatsFlags", "vda", 0))
    each(conn, "conn", ("getMemoryParameters", 0), ("setMemoryParameters", {"shm_pages_to_scan": 1}, 0))
    each(dom, "plain", ("checkpointCreateXML", "<domaincheckpoint><name>c1</name></domaincheckpoint>", 0),
         ("listAllCheckpoints", 0),
         ("checkpointLookupByName", "c1", 0), ("attachDevice", DISK), ("detachDevice", DISK),
         ("attachDeviceFlags", DISK, 1), ("updateDeviceFlags", DISK, 1),
         ("injectNMI", 0), ("pMSuspendForDuration", 0, 0, 0), ("pMWakeup", 0),
         ("setTime", {"seconds": 5, "nseconds": 0}, 0), ("hostname", 0), ("addIOThread", 3, 0),
         ("delIOThread", 3, 0), ("delIOThread", 0, 0), ("setUserPassword", "u", "p", 0), ("setVcpu", "1", 0, 0),
         ("setGuestVcpus", "1", 1, 0), ("sendProcessSignal", 0, 1, 0),
         ("setMemoryStatsPeriod", -1, 0), ("blockResize", "vda", 1, 0), ("blockPull", "vda", 0, 0),
         ("blockCommit", "vda", None, None, 0, 0), ("blockJobAbort", "vda", 0),
         ("fSTrim", None, 0, 0), ("setBlockThreshold", "vda", 1, 0), ("backupGetXMLDesc", 0), ("abortJob",),
         ("migrateSetMaxDowntime", 1, 0), ("migrateGetMaxSpeed", 0),
         ("migrateSetMaxSpeed", 10, 0), ("migrateGetCompressionCache", 0), ("setLifecycleAction", 0, 1, 0),
         ("agentSetResponseTimeout", 5, 0), ("startDirtyRateCalc", 1, 0),
         ("coreDump", f"{directory}/core", 0), ("managedSave", 0), "ID", "isActive",
         ("hasManagedSaveImage", 0), "create", ("save", f"{directory}/saved"), "ID", "isActive",
         ("undefineFlags", 7))
    each(conn, "conn", ("restore", f"{directory}/saved"), ("lookupByName", "plain"))
    left = conn.lookupByName("plain")
    each(left, "plain", "isActive", "destroy", "undefine")


def main():
    libvirt.registerErrorHandler(lambda *_: None, None)
    conn = libvirt.open(sys.argv[1])
    networks(conn)
    pools(conn)
    interfaces(conn)
    devices(conn)
    others(conn)
    domains(conn, sys.argv[2])


if __name__ == "__main__":
    main()
