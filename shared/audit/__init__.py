"""The audit trail: who did what to which object, when, from where, and what was before and after.

Every changing request writes an act in the transaction it changes something in, so that there is no act without its
record and no record without its act. A second later the act gets its place in the service's hash chain.
"""
