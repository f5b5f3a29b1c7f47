"""The hostile answers themselves, by the layer they bite at; `newsroom.hostile` names and arranges them."""
