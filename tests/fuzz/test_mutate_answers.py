# SPDX-License-Identifier: MIT
"""Our client library against a server that lies: a proxy changes some of the answers of a good daemon."""
import os
import pathlib
import random
import struct
import subprocess
import sys

import pytest

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(FOLDER)]
import mutate  # noqa: E402
import harness  # noqa: E402 - mutate.py says where these are
import proxy  # noqa: E402
import wire  # noqa: E402

ROUNDS = int(os.environ.get("OIRASE_ANSWER_ROUNDS", "1000"))
BODY_CHANGES = [mutate.Mutator.change_field, mutate.Mutator.change_field, mutate.Mutator.cut_body,
                mutate.Mutator.drop_word, mutate.Mutator.add_word, mutate.Mutator.flip_bytes,
                mutate.Mutator.extend_body]


class Liar:
    """Changes one answer in `rarity`. The header stays that of an answer to the call: who never answers is no liar."""

    def __init__(self, seed, rarity):
        self.random, self.rarity = random.Random(seed), rarity
        self.mutator = mutate.Mutator([], self.random)
        self.lies = 0

    def __call__(self, direction, packet):
        if direction == ">" or self.random.randrange(self.rarity):
            return packet
        self.lies += 1
        choice = self.random.randrange(20)
        if choice in (0, 1):
            return None
        changed = bytearray(packet)
        if choice == 2:
            struct.pack_into(">I", changed, 24, wire.ERROR)  # what follows is no error struct
        elif choice == 3:
            struct.pack_into(">I", changed, 0, self.random.choice([0, 3, 27, 33554437, 2**31, 2**32 - 1]))
            return bytes(changed)
        else:
            fields = list(range(28, len(changed) - 3, 4))
            self.random.choice(BODY_CHANGES)(self.mutator, changed, fields)
        struct.pack_into(">I", changed, 0, len(changed))
        return bytes(changed)


@pytest.mark.parametrize("rarity", [10, 60])
def test_library_survives(tmp_path, rarity):
    library = harness.our_library_directory()
    if os.path.samefile(f"{library}/libvirt.so.0", harness.stock_library()):
        pytest.skip("the stock library does not survive this")
    seed = int(os.environ.get("OIRASE_SEED", "1"))
    with harness.Daemon(harness.STOCK_DAEMON) as daemon:
        liar = Liar(seed, rarity)
        with proxy.Proxy(daemon.socket(), daemon.directory / "liar", liar):
            done = subprocess.run([harness.PYTHON, "-B", str(FOLDER / "mutate_answers.py"),
                                   f"test+unix:///default?socket={daemon.directory}/liar", str(ROUNDS)],
                                  env=harness.python_environment(tmp_path, library), capture_output=True, text=True,
                                  timeout=240)
        assert done.returncode == 0, f"seed {seed}: {done.returncode}\n{done.stderr[-3000:]}"
        assert liar.lies > ROUNDS / 4
        assert int(done.stdout) > 0
