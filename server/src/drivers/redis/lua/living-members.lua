#!lua flags=no-writes
-- The members of a sorted set whose time has not come yet.
-- KEYS[1] sorted set by time in ms
-- Returns the members.
local set = KEYS[1]
--@include time.lua

return redis.call('ZRANGEBYSCORE', set, '(' .. text(now_ms()), '+inf')
