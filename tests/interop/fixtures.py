# SPDX-License-Identifier: MIT
"""Fixtures that the folders of system tests share: running daemons of both makes, and their logs in a failure's report.
A conftest.py takes them with `from fixtures import *`.
"""
import contextlib

import pytest

import harness
import wire

__all__ = ["daemons", "our_daemon", "stock_daemon", "pytest_runtest_makereport"]
DOMAIN_XML = "<domain type='test'><name>{name}</name><memory>1024</memory><os><type>hvm</type></os></domain>"
running = []


class Pair:
    """Daemons by (make, address), started when first asked for."""

    def __init__(self, stack):
        self.stack = stack
        self.daemons = {}

    def get(self, make, address="127.0.0.1"):
        if (make, address) not in self.daemons:
            program = harness.STOCK_DAEMON if make == "stock" else harness.our_daemon()
            daemon = self.stack.enter_context(harness.Daemon(program, address))
            running.append(daemon)
            self.stack.callback(running.remove, daemon)
            self.daemons[make, address] = daemon
        return self.daemons[make, address]


@pytest.fixture(scope="session")
def daemons():
    with contextlib.ExitStack() as stack:
        yield Pair(stack)


@pytest.fixture
def our_daemon(daemons):
    return daemons.get("ours")


@pytest.fixture
def stock_daemon(daemons):
    return daemons.get("stock")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        for daemon in running:
            report.sections.append((f"log of {daemon.program}, running: {daemon.alive()}", daemon.log()))


@contextlib.contextmanager
def fresh_default(daemon):
    """Holds test:///default open, so that its state lasts from one client to the next, and starts with it as new.

    The state goes when the last connection to it has gone, which nothing announces: so each user leaves a mark.
    """
    def try_hold():
        client = wire.Client(daemon.socket()).open()
        try:
            client.call("DOMAIN_LOOKUP_BY_NAME", "mark-of-the-last-test")
        except wire.RemoteError:
            held.append(client)
            return True
        client.socket.close()
        return False

    held = []
    harness.wait_until(try_hold, "the default test connection as new")
    try:
        yield held[0]
    finally:
        with contextlib.suppress(EOFError, OSError):
            held[0].call("DOMAIN_DEFINE_XML", DOMAIN_XML.format(name="mark-of-the-last-test"))
        held[0].socket.close()
