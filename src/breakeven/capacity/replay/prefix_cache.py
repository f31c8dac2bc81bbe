"""Shared prompt prefixes in one replica's KV cache, by the hashes of their blocks, with the oldest given up first.

A hash stands for a whole block of the trace's size together with all before it. Blocks in use are counted
once however many requests share them; those nobody uses stay until their memory is needed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from breakeven.capacity.replay.ledger import BLOCK


class PrefixCache:
    """What one replica holds of the prompts' blocks."""

    def __init__(self, hashes: Sequence[Sequence[int]], prompts: Sequence[int], block_tokens: int) -> None:
        self.tokens, self.blocks = block_tokens, block_tokens // BLOCK  # of one hashed block
        self.ids = [each[: length // block_tokens] for each, length in zip(hashes, prompts, strict=True)]
        self.users: dict[int, int] = {}  # hash: requests that hold it
        self.unused: OrderedDict[int, None] = OrderedDict()  # oldest first

    @property
    def referenced_blocks(self) -> int:
        """KV blocks of all hashes that someone holds."""
        return len(self.users) * self.blocks

    def shared_tokens(self, request: int) -> int:
        """The tokens of a prompt that lie in hashed blocks."""
        return len(self.ids[request]) * self.tokens

    def matched(self, request: int) -> int:
        """How many leading blocks of the prompt are here."""
        count = 0
        for each in self.ids[request]:
            if each not in self.users and each not in self.unused:
                break
            count += 1
        return count

    def blocks_needed(self, request: int, target: int, free_blocks: int) -> int:
        """KV blocks that must be free to take up a request of that many tokens, the cache being shrunk first."""
        self.shrink(free_blocks)
        new = len(self.ids[request]) - sum(map(self.users.__contains__, self.ids[request]))
        return new * self.blocks - (self.shared_tokens(request) - target) // BLOCK

    def hold(self, request: int, target: int) -> tuple[int, int]:
        """Take the prompt's blocks: the tokens found computed, and those in hashed blocks."""
        found = min(self.matched(request), (target - 1) // self.tokens) * self.tokens
        for each in self.ids[request]:
            self.unused.pop(each, None)
            self.users[each] = self.users.get(each, 0) + 1
        return found, self.shared_tokens(request)

    def release(self, request: int) -> int:
        """Give the prompt's blocks back; the last of them is the first to be given up. KV blocks nobody holds now."""
        users, unused, held = self.users, self.unused, len(self.users)
        for block_id in reversed(self.ids[request]):
            count = users[block_id]
            if count == 1:
                del users[block_id]
                unused[block_id] = None
            else:
                users[block_id] = count - 1
        return (held - len(users)) * self.blocks

    def shrink(self, free_blocks: int) -> None:
        """Give up the oldest unused blocks until no more are kept than there is free memory for."""
        while len(self.unused) * self.blocks > free_blocks:
            self.unused.popitem(last=False)
