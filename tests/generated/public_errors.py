# SPDX-License-Identifier: MIT
"""Calls public functions of a libvirt.so.0 with bad arguments and prints what each answers, a line a call.

public_errors.py LIBRARY API_XML CALLS...: every function with a NULL handle, each in a process of its own; of CALLS
also every other argument NULL, zero or negative, and a read-only connection. Errors of drivers are left out.
"""
import ctypes
import os
import sys
import xml.etree.ElementTree as ElementTree

FROM_TEST = 12  # VIR_FROM_TEST: the test driver's own errors


class Error(ctypes.Structure):
    _fields_ = [("code", ctypes.c_int), ("domain", ctypes.c_int), ("message", ctypes.c_char_p), ("level", ctypes.c_int),
                ("conn", ctypes.c_void_p), ("dom", ctypes.c_void_p), ("str1", ctypes.c_char_p),
                ("str2", ctypes.c_char_p),
                ("str3", ctypes.c_char_p), ("int1", ctypes.c_int), ("int2", ctypes.c_int), ("net", ctypes.c_void_p)]


class Library:
    def __init__(self, path, api):
        self.lib = ctypes.CDLL(path)
        self.lib.virGetLastError.restype = ctypes.POINTER(Error)
        self.quiet = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)(lambda data, error: None)
        self.lib.virInitialize()
        self.lib.virSetErrorFunc(None, self.quiet)
        self.functions = {}
        for element in ElementTree.parse(api).getroot().find("symbols").findall("function"):
            args = [(arg.get("type"), arg.get("name")) for arg in element.findall("arg")]
            self.functions[element.get("name")] = (element.find("return").get("type"), args)

    def call(self, name, args):
        result = self.functions[name][0]
        function = getattr(self.lib, name)
        pointer = "*" in result or result.endswith("Ptr")
        function.restype = ctypes.c_void_p if pointer else ctypes.c_ulong if "long" in result else ctypes.c_int
        value = function(*args)
        return bool(value) if pointer else value

    def error(self):
        found = self.lib.virGetLastError()
        if not found:
            return None
        error = found.contents
        return (error.code, error.domain, error.message, error.level, bool(error.conn), bool(error.dom), error.str1,
                error.str2, error.str3, error.int1, error.int2)


def is_pointer(kind):
    return "*" in kind or kind.endswith("Ptr") or "Callback" in kind or "Func" in kind


def null_handles(library):
    """Every function that takes a handle first, with NULL for it. A stock function may crash: then it says so."""
    for name, (_, args) in library.functions.items():
        if not args or not args[0][0].endswith("Ptr") or name.startswith(("virTypedParam", "virConn", "virEvent")) and \
                not name.startswith("virConnect") or name in ("virResetError", "virFreeError", "virCopyLastError"):
            continue
        out, into = os.pipe()
        child = os.fork()
        if child == 0:
            library.call(name, [None if is_pointer(kind) else ctypes.c_long(0) for kind, _ in args])
            os.write(into, repr(library.error()).encode())
            os._exit(0)
        os.close(into)
        os.waitpid(child, 0)
        text = os.read(out, 65536).decode()
        os.close(out)
        yield f"{name} NULL handle", text or "crash"


def sample(kind, handles):
    if kind in handles:
        return handles[kind]
    if is_pointer(kind):
        return ctypes.c_char_p(b"x") if "const" in kind else ctypes.create_string_buffer(8192)
    return ctypes.c_ulong(1)


def bad_arguments(library, names):
    handles = {}
    for uri, opened in (("rw", "virConnectOpen"), ("ro", "virConnectOpenReadOnly")):
        function = getattr(library.lib, opened)
        function.restype = ctypes.c_void_p
        conn = ctypes.c_void_p(function(b"test:///default"))
        library.lib.virDomainLookupByName.restype = ctypes.c_void_p
        dom = ctypes.c_void_p(library.lib.virDomainLookupByName(conn, b"test"))
        handles[uri] = {"virConnectPtr": conn, "virDomainPtr": dom}
    for name in names:
        args = library.functions[name][1]
        for index, (kind, argument) in list(enumerate(args))[1:]:
            if argument in ("flags", "type"):
                continue  # drivers refuse these, not the library
            for bad in [None] if is_pointer(kind) else [ctypes.c_ulong(0), ctypes.c_long(-1)]:
                values = [sample(each, handles["rw"]) for each, _ in args]
                values[index] = bad
                library.call(name, values)
                yield f"{name} {argument}={bad}", library.error()
        library.call(name, [sample(each, handles["ro"]) for each, _ in args])
        yield f"{name} read-only", library.error()


def main():
    library = Library(sys.argv[1], sys.argv[2])
    for what, answer in null_handles(library):
        print(what, answer, sep="\t")
    for what, error in bad_arguments(library, sys.argv[3:]):
        print(what, error if error and error[1] != FROM_TEST else None, sep="\t")


main()
