"""How often one may ask: buckets of tokens that fill up again, one for each who asks; knows no HTTP and no clock."""

import math
from collections import OrderedDict

from msgspec import Struct

MAX_BUCKETS = 50_000
"""Who is remembered; the one not heard of for longest is forgotten, and begins anew with a full bucket."""


class Rate(Struct, frozen=True):
    """So many at once, and so many a second after that. A rate of 0 a second allows everything."""

    burst: int
    per_second: float


class _Bucket(Struct):
    tokens: float
    at: float


class Buckets:
    """The buckets of one rate."""

    def __init__(self, rate: Rate) -> None:
        self.rate = rate
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, who: str, now_s: float) -> int:
        """Takes one token at `now_s` (of any clock that never goes back): 0, or the whole seconds until there is one."""
        burst, per_second = self.rate.burst, self.rate.per_second
        if not per_second:
            return 0
        bucket = self._buckets.get(who)
        if bucket is None:
            bucket = self._buckets[who] = _Bucket(burst, now_s)
            if len(self._buckets) > MAX_BUCKETS:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(who)
            bucket.tokens = min(burst, bucket.tokens + max(0.0, now_s - bucket.at) * per_second)
            bucket.at = now_s
        if bucket.tokens < 1:
            return max(1, math.ceil((1 - bucket.tokens) / per_second))
        bucket.tokens -= 1
        return 0

    def give_back(self, who: str) -> None:
        """The one taken last was not one to count."""
        bucket = self._buckets.get(who)
        if bucket is not None:
            bucket.tokens = min(self.rate.burst, bucket.tokens + 1)
