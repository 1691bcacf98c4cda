# SPDX-License-Identifier: MIT
"""Conversations worth having with a daemon, as steps of (bytes to send, what must follow): REPLY, NOTHING, CLOSE.
record.py asks the stock daemon what it answers; test_conversations.py asks ours the same.
"""
import struct

from wire import (ADMIN, CALL_WITH_FDS, CONTINUE, ERROR, KEEPALIVE, LXC, MESSAGE, PING, PONG, PROCEDURES, QEMU, REMOTE,
                  REPLY, REPLY_WITH_FDS, STREAM, STREAM_HOLE, call, encode, frame)

ANSWER, NOTHING, CLOSE = "answer", "nothing", "close"
UUID = bytes.fromhex("6695eb01f6a4830479aa97f2502e193f")
TEST = ("test", UUID, 1)
NOBODY = ("nobody", bytes(16), -1)
PLAIN_UUID = bytes.fromhex("11111111222233334444555555555555")
PLAIN = ("plain", PLAIN_UUID, -1)
PLAIN_XML = """<domain type='test'><name>plain</name><uuid>11111111-2222-3333-4444-555555555555</uuid>
<memory unit='MiB'>64</memory><vcpu current='2'>4</vcpu><os><type>hvm</type></os></domain>"""
TRANSIENT_XML = PLAIN_XML.replace("plain", "short").replace("1111-2222", "2222-2222")
START = [(call("AUTH_LIST"), ANSWER), (call("CONNECT_OPEN", "test:///default", 0), ANSWER)]
START_RO = [START[0], (call("CONNECT_OPEN", "test:///default", 1), ANSWER)]
LAST = (call("CONNECT_GET_TYPE", serial=99), ANSWER)  # shows that the connection still works


def u32(*values):
    return b"".join(struct.pack(">I", value & 0xFFFFFFFF) for value in values)


def number(name):
    return PROCEDURES[name][0]


def asks(*calls):
    """One answered step a call, given as (name, arguments...)."""
    return [(call(name, *arguments, serial=serial), ANSWER) for serial, (name, *arguments) in enumerate(calls, 1)]


def raw(procedure, payload=b"", **header):
    return [(frame(procedure, payload, **header), ANSWER)]


def opened(steps):
    return [*START, *steps, LAST]


def silent(*packets):
    return opened([(packet, NOTHING) for packet in packets])


def last_words(data, start=()):
    return [*start, (data, CLOSE)]


LOOKUP = number("DOMAIN_LOOKUP_BY_NAME")
EVENT_NUMBERS = (107, 169, 173, 195, 241, 311, 315, 318, 333, 362, 367, 370, 382)
cases = {}

# What the header says
cases["unknown program"] = opened([step for program in (0, 1, ADMIN, REMOTE + 2, 0xFFFFFFFF)
                                   for step in raw(3, program=program, serial=7)])
cases["unknown version"] = opened([step for version in (0, 2, 0xFFFFFFFF) for step in raw(3, version=version)])
cases["other programs"] = opened([*raw(1, program=QEMU), *raw(0, program=QEMU), *raw(4, program=QEMU),
                                  *raw(99, program=QEMU), *raw(2, program=LXC), *raw(1, program=QEMU, version=2)])
cases["unknown procedure"] = opened([step for procedure in (0, -1, 5000, 9999, 2**31 - 1, -2**31)
                                     for step in raw(procedure, serial=3)])
cases["event as a call"] = opened([step for procedure in EVENT_NUMBERS for step in raw(procedure, serial=4)])
cases["status of a call"] = opened([step for status in (ERROR, CONTINUE, 3, 0xFFFFFFFF)
                                    for step in raw(3, status=status, serial=5)])
cases["types that only the server sends"] = silent(
    frame(3, kind=REPLY), frame(3, kind=REPLY, status=ERROR), frame(3, kind=MESSAGE), frame(3, kind=REPLY_WITH_FDS,
                                                                                            payload=u32(0)))
cases["unknown types"] = silent(frame(3, kind=7), frame(3, kind=9), frame(3, kind=0xFFFFFFFF))
cases["stream that nobody opened"] = silent(
    frame(3, b"data", kind=STREAM, status=CONTINUE, serial=50), frame(3, kind=STREAM, serial=50),
    frame(3, kind=STREAM, status=ERROR, serial=50), frame(208, b"x", kind=STREAM, status=CONTINUE, serial=51))
cases["hole in a stream that nobody opened"] = silent(
    frame(3, encode("length:hyper flags:uint", 4096, 0), kind=STREAM_HOLE, status=CONTINUE, serial=50))
cases["any serial"] = opened([step for serial in (5, 5, 0, 2**31, 0xFFFFFFFF) for step in raw(3, serial=serial)])

# Keepalive
cases["ping at once"] = [(frame(PING, kind=MESSAGE, program=KEEPALIVE), ANSWER), *START, LAST]
cases["ping before open"] = [START[0], (frame(PING, kind=MESSAGE, program=KEEPALIVE), ANSWER), START[1], LAST]
cases["ping with a serial"] = opened([(frame(PING, kind=MESSAGE, program=KEEPALIVE, serial=77), ANSWER)])
cases["pong unasked"] = silent(frame(PONG, kind=MESSAGE, program=KEEPALIVE))
cases["keepalive as a call"] = opened([*raw(PING, program=KEEPALIVE), *raw(PONG, program=KEEPALIVE)])
cases["unknown keepalive messages"] = silent(frame(3, kind=MESSAGE, program=KEEPALIVE),
                                             frame(0, kind=MESSAGE, program=KEEPALIVE))
cases["keepalive of another version"] = silent(frame(PING, kind=MESSAGE, program=KEEPALIVE, version=2))

# Lengths
for length in (0, 3, 4, 27, 33554440, 2**31 - 1, 2**31, 2**32 - 1):
    cases[f"length {length}"] = last_words(frame(3, length=length), START)
    cases[f"length {length} as the first word"] = last_words(frame(66, length=length))
cases["one word too long"] = last_words(u32(33554440), START)

# Bodies
cases["no arguments"] = opened([*raw(LOOKUP), *raw(number("DOMAIN_GET_STATE")), *raw(number("CONNECT_LIST_DOMAINS"))])
cases["cut arguments"] = opened([step for size in range(0, 41, 4) for step in raw(
    number("DOMAIN_GET_STATE"), encode("dom:domain flags:uint", TEST, 0)[:size])])
cases["cut inside a word"] = opened([step for size in (1, 2, 3, 5, 7, 9, 11) for step in raw(
    LOOKUP, encode("name:string", "nosuchname")[:size])])
cases["trailing bytes"] = opened([*raw(3, b"x"), *raw(3, bytes(4096)), *raw(
    LOOKUP, encode("name:string", "test") + b"trailing")])
cases["padding that is not zero"] = opened(raw(LOOKUP, u32(5) + b"testX\1\2\3"))
cases["announced string lengths"] = opened([step for size in (
    5, 4194304, 4194305, 2**31 - 1, 2**31, 2**32 - 4, 2**32 - 1) for step in raw(LOOKUP, u32(size) + b"test")])
cases["zero byte in a name"] = opened(raw(LOOKUP, u32(5) + b"te\0st\0\0\0"))
cases["bytes that are not UTF-8"] = opened(raw(LOOKUP, u32(4) + b"\xff\xfe\x80\xc0"))
cases["optional marks"] = [START[0], (frame(1, u32(7) + encode("n:string f:uint", "test:///default", 0)), ANSWER), LAST]
cases["array counts"] = opened([step for count in (1, 16, 17, 2**31, 2**32 - 1) for step in raw(
    58, encode("dom:domain", TEST) + u32(count))])
cases["discriminants"] = opened([step for discriminant in (0, 8, -1, 2**31 - 1) for step in raw(
    58, encode("dom:domain", TEST) + u32(1) + encode("f:string", "weight") + u32(discriminant, 5))])
cases["sizes that multiply"] = opened(asks(*[
    ("DOMAIN_GET_VCPUS", TEST, maxinfo, maplen) for maxinfo, maplen in (
        (16385, 1), (-1, 1), (1, -1), (16384, 8388608), (65536, 65536), (2**31 - 1, 2**31 - 1), (-2**31, -2**31))]))
cases["list sizes"] = opened(asks(*[
    (name, size) for name in ("CONNECT_LIST_DOMAINS", "CONNECT_LIST_DEFINED_DOMAINS")
    for size in (0, 1, 16384, 16385, 2**31 - 1, -1, -2**31)]))

# Descriptors
cases["33 descriptors"] = last_words(frame(3, u32(33), kind=CALL_WITH_FDS), START)
cases["4294967295 descriptors"] = last_words(frame(3, u32(2**32 - 1), kind=CALL_WITH_FDS), START)
cases["no count of descriptors"] = last_words(frame(3, kind=CALL_WITH_FDS), START)
cases["no descriptors"] = opened([(frame(3, u32(0), kind=CALL_WITH_FDS), ANSWER),
                                  (frame(LOOKUP, u32(0) + encode("n:string", "test"), kind=CALL_WITH_FDS), ANSWER)])
cases["a byte without its descriptor"] = last_words(frame(3, u32(1), kind=CALL_WITH_FDS) + b"\0", START)

# Order of calls
cases["calls before auth"] = [*raw(3), *raw(60, u32(10)), *raw(60, u32(1)), *START, LAST]
cases["close before auth"] = [*raw(2)]
cases["calls before open"] = [START[0], *raw(3), *raw(60, u32(10)), *raw(60, u32(9)), *raw(6), *raw(9999),
                              *raw(LOOKUP, encode("n:string", "test")), *raw(LOOKUP), START[1], LAST]
cases["sasl without sasl"] = [*raw(67), *raw(68, encode("m:string n:int d:int[]", "PLAIN", 1, [])),
                              *raw(69, encode("n:int d:int[]", 1, [])), *START, LAST]
cases["polkit without polkit"] = [*raw(70), *START, LAST]
cases["auth list again"] = opened(asks(("AUTH_LIST",)))
cases["open without a name"] = [START[0], *asks(("CONNECT_OPEN", None, 0)), START[1], LAST]
cases["open twice"] = [*START, *asks(("CONNECT_OPEN", "test:///default", 0))]  # the stock daemon forgets the first then
cases["open what nobody serves"] = [START[0], *asks(("CONNECT_OPEN", "nosuch:///", 0), ("CONNECT_OPEN", "%", 0),
                                                    ("CONNECT_OPEN", "test:///default?x=y", 0))]
cases["open flags"] = [START[0], *asks(("CONNECT_OPEN", "test:///default", 0xFFFFFFFF)), LAST]
cases["features"] = opened(asks(*[("CONNECT_SUPPORTS_FEATURE", n) for n in [*range(0, 18), 99, -1, 2**31 - 1]]))
cases["close"] = [*START, *asks(("CONNECT_CLOSE",)), (b"", CLOSE)]
cases["close callback"] = opened(asks(*[(f"CONNECT_{verb}_CLOSE_CALLBACK",) for verb in (
    "UNREGISTER", "REGISTER", "REGISTER", "UNREGISTER", "UNREGISTER")]))

# Objects and errors
cases["who is not there"] = opened(asks(
    ("DOMAIN_LOOKUP_BY_NAME", "nosuch"), ("DOMAIN_LOOKUP_BY_NAME", ""), ("DOMAIN_LOOKUP_BY_ID", 99),
    ("DOMAIN_LOOKUP_BY_ID", -1), ("DOMAIN_LOOKUP_BY_UUID", bytes(16)), ("DOMAIN_SUSPEND", NOBODY),
    ("DOMAIN_GET_XML_DESC", NOBODY, 0), ("DOMAIN_GET_STATE", ("test", bytes(16), 1), 0),
    ("DOMAIN_GET_STATE", ("another name", UUID, 1234), 0)))
cases["flags"] = opened(asks(*[(name, TEST, 0x80000000) for name in (
    "DOMAIN_GET_XML_DESC", "DOMAIN_REBOOT", "DOMAIN_GET_VCPUS_FLAGS", "DOMAIN_GET_STATE", "DOMAIN_UNDEFINE_FLAGS",
    "DOMAIN_DESTROY_FLAGS", "DOMAIN_SHUTDOWN_FLAGS", "DOMAIN_CREATE_WITH_FLAGS")],
    ("CONNECT_LIST_ALL_DOMAINS", 1, 0x80000000), ("DOMAIN_CREATE_XML", PLAIN_XML, 0x80000000),
    ("DOMAIN_DEFINE_XML_FLAGS", PLAIN_XML, 0x80000000)))
cases["look"] = opened(asks(
    ("CONNECT_GET_VERSION",), ("CONNECT_GET_LIB_VERSION",), ("CONNECT_GET_URI",), ("NODE_GET_INFO",),
    ("CONNECT_GET_MAX_VCPUS", None), ("CONNECT_GET_MAX_VCPUS", "test"), ("CONNECT_NUM_OF_DOMAINS",),
    ("CONNECT_LIST_ALL_DOMAINS", 1, 0), ("CONNECT_LIST_ALL_DOMAINS", 0, 0), ("CONNECT_LIST_ALL_DOMAINS", 1, 2),
    ("DOMAIN_LOOKUP_BY_NAME", "test"), ("DOMAIN_LOOKUP_BY_ID", 1), ("DOMAIN_LOOKUP_BY_UUID", UUID),
    ("DOMAIN_GET_STATE", TEST, 0), ("DOMAIN_GET_XML_DESC", TEST, 0), ("DOMAIN_GET_OS_TYPE", TEST),
    ("DOMAIN_GET_MAX_MEMORY", TEST), ("DOMAIN_GET_MAX_VCPUS", TEST), ("DOMAIN_GET_AUTOSTART", TEST),
    ("DOMAIN_IS_ACTIVE", TEST), ("DOMAIN_IS_PERSISTENT", TEST)))
cases["life"] = opened(asks(
    ("DOMAIN_DEFINE_XML", PLAIN_XML), ("DOMAIN_DEFINE_XML", "<nonsense/>"), ("CONNECT_LIST_DEFINED_DOMAINS", 9),
    ("DOMAIN_SUSPEND", PLAIN), ("DOMAIN_CREATE", PLAIN), ("DOMAIN_CREATE", PLAIN), ("CONNECT_NUM_OF_DOMAINS",),
    ("DOMAIN_LOOKUP_BY_NAME", "plain"), ("DOMAIN_SUSPEND", PLAIN), ("DOMAIN_GET_STATE", PLAIN, 0),
    ("DOMAIN_RESUME", PLAIN), ("DOMAIN_SET_MEMORY", PLAIN, 1024), ("DOMAIN_SET_VCPUS", PLAIN, 3),
    ("DOMAIN_SET_VCPUS", PLAIN, 0), ("DOMAIN_SET_MAX_MEMORY", PLAIN, 4096), ("DOMAIN_SET_AUTOSTART", PLAIN, 1),
    ("DOMAIN_GET_AUTOSTART", PLAIN), ("DOMAIN_GET_XML_DESC", PLAIN, 0), ("DOMAIN_REBOOT", PLAIN, 0),
    ("DOMAIN_SHUTDOWN", PLAIN), ("DOMAIN_DESTROY", PLAIN), ("DOMAIN_CREATE_WITH_FLAGS", PLAIN, 0),
    ("DOMAIN_DESTROY", PLAIN), ("DOMAIN_UNDEFINE", PLAIN), ("DOMAIN_UNDEFINE", PLAIN),
    ("DOMAIN_CREATE_XML", TRANSIENT_XML, 0), ("CONNECT_LIST_ALL_DOMAINS", 1, 8)))  # lists have no order
cases["event registrations"] = opened(asks(
    ("CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY", 0, None), ("CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY", 0, None),
    ("CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY", 0, TEST), ("CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY", 1, None),
    ("CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY", 999, None), ("CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY", -1, None),
    ("CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY", 999), ("CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY", -1),
    ("CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY", 0), ("CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY", 0),
    ("CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY", 0, None)))
cases["old event registrations"] = opened(asks(
    ("CONNECT_DOMAIN_EVENT_REGISTER_ANY", 0), ("CONNECT_DOMAIN_EVENT_REGISTER_ANY", 0),
    ("CONNECT_DOMAIN_EVENT_REGISTER_ANY", 16),
    ("CONNECT_DOMAIN_EVENT_DEREGISTER_ANY", 0), ("CONNECT_DOMAIN_EVENT_DEREGISTER_ANY", 0),
    ("CONNECT_DOMAIN_EVENT_DEREGISTER_ANY", 16)))
READONLY = asks(
    *[(f"DOMAIN_{name}", TEST) for name in ("SUSPEND", "RESUME", "SHUTDOWN", "DESTROY", "UNDEFINE", "CREATE")],
    ("DOMAIN_REBOOT", TEST, 0), ("DOMAIN_SET_MEMORY", TEST, 1), ("DOMAIN_SET_MAX_MEMORY", TEST, 1),
    ("DOMAIN_SET_VCPUS", TEST, 1), ("DOMAIN_SET_AUTOSTART", TEST, 1), ("DOMAIN_DEFINE_XML", PLAIN_XML),
    ("DOMAIN_CREATE_XML", PLAIN_XML, 0), ("DOMAIN_GET_XML_DESC", TEST, 1), ("DOMAIN_GET_XML_DESC", TEST, 0),
    ("DOMAIN_SUSPEND", NOBODY), ("DOMAIN_GET_STATE", TEST, 0))
cases["read-only flag"] = [*START_RO, *READONLY, LAST]
cases["read-only socket"] = [*START, *READONLY, LAST]
READONLY_SOCKET = {"read-only socket"}
