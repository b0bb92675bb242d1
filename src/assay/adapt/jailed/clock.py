"""A clock for the script's own eyes: it moves by a second each time the script looks.

What a script prints of its running time, and directories that it names after the date, are then
the same in every run. Libraries see the real clock.
"""

from __future__ import annotations

import datetime as _datetime
import random
import sys
import time
import uuid
from typing import Any

START = 1_750_000_000.0
_now = [START]


def _is_script() -> bool:
    return sys._getframe(2).f_globals.get("__name__") == "__main__"


def _tick() -> float:
    _now[0] += 1.0
    return _now[0]


def freeze() -> None:
    """Put the clock, and identities made by chance, before the script's eyes."""
    for name in ("time", "perf_counter", "monotonic", "process_time"):
        setattr(time, name, _seen(getattr(time, name), _tick))
    for name in ("time_ns", "perf_counter_ns", "monotonic_ns"):
        setattr(time, name, _seen(getattr(time, name), lambda: int(_tick() * 1e9)))
    for name, place in (("strftime", 1), ("localtime", 0), ("gmtime", 0), ("ctime", 0)):
        setattr(time, name, _dated(getattr(time, name), place))
    sleep = time.sleep
    time.sleep = lambda seconds: None if _is_script() else sleep(seconds)
    _datetime.datetime = _Datetime  # type: ignore[misc]
    _datetime.date = _Date  # type: ignore[misc]
    draws = random.Random(0)
    uuid.uuid4 = _seen(uuid.uuid4, lambda: uuid.UUID(int=draws.getrandbits(128), version=4))


def _seen(real: Any, own: Any) -> Any:
    def look() -> Any:
        return own() if _is_script() else real()

    look.__name__ = real.__name__
    return look


def _dated(real: Any, place: int) -> Any:
    def look(*given: Any) -> Any:
        if len(given) > place or not _is_script():
            return real(*given)
        now = _tick()
        return real(*given, _gmtime(now) if place else now)

    return look


_gmtime = time.gmtime
_RealDatetime: Any = _datetime.datetime
_RealDate: Any = _datetime.date


class _Kind(type):
    """Whatever is a date is one of these."""

    def __instancecheck__(cls, one: Any) -> bool:
        return isinstance(one, cls.__mro__[1])

    def __subclasscheck__(cls, one: Any) -> bool:
        return issubclass(one, cls.__mro__[1])


class _Datetime(_RealDatetime, metaclass=_Kind):  # type: ignore[misc]
    __slots__ = ()  # compiled modules look at the size

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return _RealDatetime.fromtimestamp(_tick(), tz) if _is_script() else _RealDatetime.now(tz)

    @classmethod
    def today(cls) -> Any:
        return _RealDatetime.fromtimestamp(_tick()) if _is_script() else _RealDatetime.today()

    @classmethod
    def utcnow(cls) -> Any:
        utc = _datetime.UTC
        now = _RealDatetime.fromtimestamp(_tick(), utc) if _is_script() else _RealDatetime.now(utc)
        return now.replace(tzinfo=None)

    def __new__(cls, *given: Any, **named: Any) -> Any:
        return _RealDatetime.__new__(_RealDatetime, *given, **named)


class _Date(_RealDate, metaclass=_Kind):  # type: ignore[misc]
    __slots__ = ()

    @classmethod
    def today(cls) -> Any:
        return _RealDate.fromtimestamp(_tick()) if _is_script() else _RealDate.today()

    def __new__(cls, *given: Any, **named: Any) -> Any:
        return _RealDate.__new__(_RealDate, *given, **named)
