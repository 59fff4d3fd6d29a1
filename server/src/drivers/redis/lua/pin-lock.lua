#!lua
-- Gives one caller the right to rebuild the index, and notes for which life of the data.
-- KEYS[1] rebuild lock
-- ARGV[1] ms
-- Returns 1, or 0 when another has it.
local lock, lock_ms = KEYS[1], ARGV[1]
--@include replid.lua

return redis.call('SET', lock, current_replid(), 'NX', 'PX', lock_ms) and 1 or 0
