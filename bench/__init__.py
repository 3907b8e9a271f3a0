"""How fast Milepost is beside a library of its kind and beside the bare parts it is built on."""
