"""`limosa bench usage`: eSIMs whose suppliers are asked for use, on a clock that runs faster."""
