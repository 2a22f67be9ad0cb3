"""A fact that is asked for once, whatever the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class read_once(Generic[T]):  # noqa: N801  # used as functools.cached_property is
    """A cached property that remembers a failure too: no check waits for a timeout that another has waited for."""

    def __init__(self, read: Callable[[Any], T]) -> None:  # a method of whatever class, as in functools
        self._read = read
        self.__doc__ = read.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, owner: type | None = None) -> T:
        failure = instance.__dict__.get(f"{self._name} failed")
        if failure is not None:
            raise failure
        try:
            value = instance.__dict__[self._name] = self._read(instance)
        except Exception as error:
            instance.__dict__[f"{self._name} failed"] = error
            raise
        return value
