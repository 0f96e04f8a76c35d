"""Values of the pure half are frozen and have no room for more: a fact that was read stays so."""

import dataclasses
import importlib
import inspect
import pkgutil

import pytest

ROOMS = ("gateway.plan", "gateway.run.rules", "gateway.migrate.rules", "gateway.reconcile")


def values():
    """Every dataclass that is at home in one of the rooms."""
    for room in ROOMS:
        package = importlib.import_module(room)
        for found in pkgutil.iter_modules(package.__path__, f"{room}."):
            module = importlib.import_module(found.name)
            for _, cls in inspect.getmembers(module, inspect.isclass):
                if dataclasses.is_dataclass(cls) and cls.__module__ == module.__name__:
                    yield cls


ALL = sorted(values(), key=lambda cls: (cls.__module__, cls.__qualname__))


def test_there_are_some():
    """The walk finds the rooms."""
    assert {cls.__name__ for cls in ALL} >= {"Step", "Draft", "Scope", "Outcome", "_Kept"}


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: f"{cls.__module__}.{cls.__qualname__}")
def test_it_is_frozen_and_slotted(cls):
    """Nobody changes it, and nobody hangs anything on it."""
    one = object.__new__(cls)
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(one, dataclasses.fields(cls)[0].name, None)
    assert not hasattr(one, "__dict__")
