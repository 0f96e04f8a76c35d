"""The main job, shown on real components: `stafett demo`."""

from gateway.demo.play import run

__all__ = ["run"]
