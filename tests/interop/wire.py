# SPDX-License-Identifier: MIT
"""A raw client of the wire protocol, written from its published facts and not from our C code: frames, a small typed
codec for the calls that the tests make, and a socket that says exactly what came back.
"""
import socket
import struct
import time

REMOTE, QEMU, LXC, ADMIN, KEEPALIVE = 0x20008086, 0x20008087, 0x00068000, 0x06900690, 0x6B656570
CALL, REPLY, MESSAGE, STREAM, CALL_WITH_FDS, REPLY_WITH_FDS, STREAM_HOLE = range(7)
OK, ERROR, CONTINUE = range(3)
PING, PONG = 1, 2
HEADER = struct.Struct(">IIIiIII")  # length, program, version, procedure, type, serial, status
LENGTH_MAX = 33554436
PATIENCE_S = 60

STRUCTS = {
    "domain": "name:string uuid:uuid id:int",
    "network": "name:string uuid:uuid",
    "error": "code:int domain:int message:string? level:int dom:domain? str1:string? str2:string? str3:string? "
             "int1:int int2:int net:network?",
    "vcpu_info": "number:uint state:int cpu_time:uhyper cpu:int",
    "lifecycle": "dom:domain event:int detail:int",
    "typed_param": "field:string value:value",
}
PROCEDURES = {  # name: (number, arguments, results)
    "CONNECT_OPEN": (1, "name:string? flags:uint", ""),
    "CONNECT_CLOSE": (2, "", ""),
    "CONNECT_GET_TYPE": (3, "", "type:string"),
    "CONNECT_GET_VERSION": (4, "", "hv_ver:uhyper"),
    "CONNECT_GET_MAX_VCPUS": (5, "type:string?", "max_vcpus:int"),
    "NODE_GET_INFO": (6, "", "model:char[32] memory:uhyper cpus:int mhz:int nodes:int sockets:int cores:int "
                             "threads:int"),
    "CONNECT_GET_CAPABILITIES": (7, "", "capabilities:string"),
    "DOMAIN_CREATE": (9, "dom:domain", ""),
    "DOMAIN_CREATE_XML": (10, "xml:string flags:uint", "dom:domain"),
    "DOMAIN_DEFINE_XML": (11, "xml:string", "dom:domain"),
    "DOMAIN_DESTROY": (12, "dom:domain", ""),
    "DOMAIN_GET_XML_DESC": (14, "dom:domain flags:uint", "xml:string"),
    "DOMAIN_GET_AUTOSTART": (15, "dom:domain", "autostart:int"),
    "DOMAIN_GET_INFO": (16, "dom:domain", "state:int max_mem:uhyper memory:uhyper vcpus:int cpu_time:uhyper"),
    "DOMAIN_GET_MAX_MEMORY": (17, "dom:domain", "memory:uhyper"),
    "DOMAIN_GET_MAX_VCPUS": (18, "dom:domain", "num:int"),
    "DOMAIN_GET_OS_TYPE": (19, "dom:domain", "type:string"),
    "DOMAIN_GET_VCPUS": (20, "dom:domain maxinfo:int maplen:int", "info:vcpu_info[] cpumaps:opaque"),
    "CONNECT_LIST_DEFINED_DOMAINS": (21, "maxnames:int", "names:string[]"),
    "DOMAIN_LOOKUP_BY_ID": (22, "id:int", "dom:domain"),
    "DOMAIN_LOOKUP_BY_NAME": (23, "name:string", "dom:domain"),
    "DOMAIN_LOOKUP_BY_UUID": (24, "uuid:uuid", "dom:domain"),
    "CONNECT_NUM_OF_DEFINED_DOMAINS": (25, "", "num:int"),
    "DOMAIN_REBOOT": (27, "dom:domain flags:uint", ""),
    "DOMAIN_RESUME": (28, "dom:domain", ""),
    "DOMAIN_SET_AUTOSTART": (29, "dom:domain autostart:int", ""),
    "DOMAIN_SET_MAX_MEMORY": (30, "dom:domain memory:uhyper", ""),
    "DOMAIN_SET_MEMORY": (31, "dom:domain memory:uhyper", ""),
    "DOMAIN_SET_VCPUS": (32, "dom:domain nvcpus:uint", ""),
    "DOMAIN_SHUTDOWN": (33, "dom:domain", ""),
    "DOMAIN_SUSPEND": (34, "dom:domain", ""),
    "DOMAIN_UNDEFINE": (35, "dom:domain", ""),
    "CONNECT_LIST_DOMAINS": (37, "maxids:int", "ids:int[]"),
    "CONNECT_NUM_OF_DOMAINS": (51, "", "num:int"),
    "DOMAIN_SET_SCHEDULER_PARAMETERS": (58, "dom:domain params:typed_param[]", ""),
    "CONNECT_GET_HOSTNAME": (59, "", "hostname:string"),
    "CONNECT_SUPPORTS_FEATURE": (60, "feature:int", "supported:int"),
    "AUTH_LIST": (66, "", "types:int[]"),
    "CONNECT_GET_URI": (110, "", "uri:string"),
    "DOMAIN_IS_ACTIVE": (150, "dom:domain", "active:int"),
    "DOMAIN_IS_PERSISTENT": (151, "dom:domain", "persistent:int"),
    "CONNECT_GET_LIB_VERSION": (157, "", "lib_ver:uhyper"),
    "CONNECT_DOMAIN_EVENT_REGISTER_ANY": (167, "event:int", ""),
    "CONNECT_DOMAIN_EVENT_DEREGISTER_ANY": (168, "event:int", ""),
    "DOMAIN_CREATE_WITH_FLAGS": (196, "dom:domain flags:uint", "dom:domain"),
    "DOMAIN_SET_VCPUS_FLAGS": (199, "dom:domain nvcpus:uint flags:uint", ""),
    "DOMAIN_GET_VCPUS_FLAGS": (200, "dom:domain flags:uint", "num:int"),
    "DOMAIN_SET_MEMORY_FLAGS": (204, "dom:domain memory:uhyper flags:uint", ""),
    "DOMAIN_GET_STATE": (212, "dom:domain flags:uint", "state:int reason:int"),
    "DOMAIN_UNDEFINE_FLAGS": (231, "dom:domain flags:uint", ""),
    "DOMAIN_DESTROY_FLAGS": (234, "dom:domain flags:uint", ""),
    "DOMAIN_SHUTDOWN_FLAGS": (258, "dom:domain flags:uint", ""),
    "CONNECT_LIST_ALL_DOMAINS": (273, "need_results:int flags:uint", "domains:domain[] ret:uint"),
    "CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY": (316, "event:int dom:domain?", "callback:int"),
    "CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY": (317, "callback:int", ""),
    "DOMAIN_DEFINE_XML_FLAGS": (350, "xml:string flags:uint", "dom:domain"),
    "CONNECT_REGISTER_CLOSE_CALLBACK": (360, "", ""),
    "CONNECT_UNREGISTER_CLOSE_CALLBACK": (361, "", ""),
}
EVENTS = {107: "dom:domain event:int detail:int", 318: "callback:int msg:lifecycle"}
VALUES = {1: "int", 2: "uint", 3: "hyper", 4: "uhyper", 5: "double", 6: "int", 7: "string"}
SCALARS = {"int": ">i", "uint": ">I", "hyper": ">q", "uhyper": ">Q", "double": ">d"}


def padded(data):
    return data + bytes(-len(data) % 4)


class Encoder:
    """Bytes of typed values; `marks` remembers what stands where, as (offset, kind, bytes), for the mutator."""

    def __init__(self):
        self.data = bytearray()
        self.marks = []

    def put(self, kind, data):
        self.marks.append((len(self.data), kind, len(data)))
        self.data += data

    def one(self, kind, value):
        if kind.endswith("?"):
            self.put("flag", struct.pack(">I", value is not None))
            if value is not None:
                self.one(kind[:-1], value)
        elif kind.endswith("[]"):
            self.put("count", struct.pack(">I", len(value)))
            for item in value:
                self.one(kind[:-2], item)
        elif kind in SCALARS:
            self.put(kind, struct.pack(SCALARS[kind], value))
        elif kind in ("string", "opaque"):
            data = value.encode() if isinstance(value, str) else value
            self.put("count", struct.pack(">I", len(data)))
            self.put("bytes", padded(data))
        elif kind == "uuid":
            self.put("bytes", value)
        elif kind == "value":  # (discriminant, value)
            self.put("discriminant", struct.pack(">i", value[0]))
            self.one(VALUES[value[0]], value[1])
        else:
            values = value.values() if isinstance(value, dict) else value
            self.all(STRUCTS[kind], values)

    def all(self, fields, values):
        for entry, value in zip(fields.split(), values, strict=True):
            self.one(entry.split(":")[1], value)


def encode(fields, *values):
    encoder = Encoder()
    encoder.all(fields, values)
    return bytes(encoder.data)


class Decoder:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, size):
        if self.at + size > len(self.data):
            raise ValueError(f"{size} bytes wanted at offset {self.at} of {len(self.data)}")
        self.at += size
        return self.data[self.at - size:self.at]

    def uint(self):
        return struct.unpack(">I", self.take(4))[0]

    def one(self, kind):
        if kind.endswith("?"):
            return self.one(kind[:-1]) if self.uint() else None
        if kind.endswith("[]"):
            return [self.one(kind[:-2]) for _ in range(self.uint())]
        if kind.startswith("char["):
            return bytes(self.uint() & 0xFF for _ in range(int(kind[5:-1])))
        if kind in SCALARS:
            return struct.unpack(SCALARS[kind], self.take(struct.calcsize(SCALARS[kind])))[0]
        if kind in ("string", "opaque"):
            size = self.uint()
            data = self.take(size + -size % 4)[:size]
            return data.decode() if kind == "string" else data
        if kind == "uuid":
            return self.take(16)
        if kind == "value":
            discriminant = self.uint()
            return discriminant, self.one(VALUES[discriminant])
        return self.all(STRUCTS[kind])

    def all(self, fields):
        return {name: self.one(kind) for name, kind in (entry.split(":") for entry in fields.split())}


def decode(fields, data):
    """All of the data must belong to the fields."""
    decoder = Decoder(data)
    result = decoder.all(fields)
    if decoder.at != len(data):
        raise ValueError(f"{len(data) - decoder.at} bytes left over")
    return result


def frame(procedure, payload=b"", serial=0, kind=CALL, status=OK, program=REMOTE, version=1, length=None):
    return HEADER.pack(28 + len(payload) if length is None else length, program, version, procedure, kind, serial,
                       status) + payload


def call(name, *arguments, serial=0):
    number, fields, _ = PROCEDURES[name]
    return frame(number, encode(fields, *arguments), serial)


def split(data):
    """The whole packets at the start of the data, and what is left."""
    packets, at = [], 0
    while len(data) - at >= 4:
        size = struct.unpack_from(">I", data, at)[0]
        if size < 28:
            raise ValueError(f"a packet with length {size}")
        if len(data) - at < size:
            break
        packets.append(bytes(data[at:at + size]))
        at += size
    return packets, bytes(data[at:])


class RemoteError(Exception):
    """The error struct that the server answered with, as `fields`."""

    def __init__(self, fields):
        super().__init__(f"{fields['code']}/{fields['domain']}: {fields['message']}")
        self.fields = fields


class Client:
    """One connection. `address` is a path, or a (host, port) pair. A silent server ends in TimeoutError."""

    def __init__(self, address):
        if isinstance(address, tuple):
            self.socket = socket.create_connection(address, PATIENCE_S)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        else:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(PATIENCE_S)
            self._connect(str(address))
        self.pending = b""
        self.packets = []
        self.events = []
        self.serial = 0

    def _connect(self, path):
        """A unix socket whose queue is full refuses at once, where TCP waits: so wait here."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                return self.socket.connect(path)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def receive(self, within_s=None):
        """The next packet, or None when the server has closed."""
        deadline = time.monotonic() + (within_s or PATIENCE_S)
        while not self.packets:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("no packet from the server")
            self.socket.settimeout(left)
            try:
                data = self.socket.recv(1 << 20)
            except ConnectionError:
                data = b""
            if not data:
                return None
            self.packets, self.pending = split(self.pending + data)
        return self.packets.pop(0)

    def receive_reply(self):
        """As receive; what is not a reply is kept in `events`."""
        while (packet := self.receive()) is not None:
            if HEADER.unpack_from(packet)[4] != MESSAGE:
                return packet
            self.events.append(packet)
        return None

    def call(self, name, *arguments):
        """Results as a dict. Raises RemoteError for an error reply, EOFError for a closed connection."""
        self.send(call(name, *arguments, serial=self.serial))
        packet = self.receive_reply()
        if packet is None:
            raise EOFError(f"the server closed on {name}")
        _, program, version, number, kind, serial, status = HEADER.unpack_from(packet)
        expected = (REMOTE, 1, PROCEDURES[name][0], REPLY, self.serial)
        if (program, version, number, kind, serial) != expected:
            raise ValueError(f"{name}: the reply's header is {(program, version, number, kind, serial)}")
        self.serial += 1
        if status != OK:
            raise RemoteError(decode(STRUCTS["error"], packet[28:]))
        return decode(PROCEDURES[name][2], packet[28:])

    def open(self, flags=0, uri="test:///default"):
        self.call("AUTH_LIST")
        self.call("CONNECT_OPEN", uri, flags)
        return self
