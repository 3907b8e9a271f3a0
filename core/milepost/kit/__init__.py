"""What `milepost plugin new`, `dev` and `check` do: beginning a plugin, and trying one out from its folder."""
