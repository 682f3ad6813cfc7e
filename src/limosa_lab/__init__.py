"""The laboratory of Limosa: fault simulation with planted bugs, benchmarks, and people made up to
measure with.

A distribution of its own, `limosa-lab`, for those who work on Limosa. It may use all of `limosa`;
`limosa` never imports it, and finds its commands by the entry-point group `limosa.commands`. So the
package of the product ships no deliberate fault.
"""
