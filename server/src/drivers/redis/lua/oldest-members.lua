#!lua flags=no-writes
-- The members of sorted sets by time whose time has come, the oldest of each set first.
-- KEYS[1..] the sets
-- ARGV[1] up to which time; empty: now
-- ARGV[2] how many of each set at most
-- Returns members, each followed by its time.
--@include time.lua

-- Nearly always there is nothing in any of them.
if redis.call('EXISTS', unpack(KEYS)) == 0 then return {} end
local latest = ARGV[1] == '' and text(now_ms()) or ARGV[1]
local found = {}
for _, set in ipairs(KEYS) do
  local due = redis.call('ZRANGE', set, '-inf', latest, 'BYSCORE', 'LIMIT', 0, ARGV[2], 'WITHSCORES')
  for _, value in ipairs(due) do found[#found + 1] = value end
end
return found
