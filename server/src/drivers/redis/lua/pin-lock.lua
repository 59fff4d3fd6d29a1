#!lua
-- Gives one caller the right to rebuild the index, and notes for which life of the data.
-- KEYS[1] rebuild lock
-- ARGV[1] holder
-- ARGV[2] ms
-- Returns 1, or 0 when another has it.
local lock, holder, lock_ms = KEYS[1], ARGV[1], ARGV[2]
--@include replid.lua

local value = current_replid() .. ' ' .. holder
return redis.call('SET', lock, value, 'NX', 'PX', lock_ms) and 1 or 0
