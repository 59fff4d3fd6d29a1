#!lua
-- Says that the index is complete from now on, unless the data's life changed during the rebuild.
-- KEYS[1] ready mark
-- KEYS[2] rebuild lock
-- Returns 1, or 0 when it has to be rebuilt again.
local ready, lock = KEYS[1], KEYS[2]
--@include time.lua
--@include replid.lua

local replid = current_replid()
local locked = redis.call('GET', lock)
if locked and string.match(locked, '^%x+') ~= replid then
  redis.call('DEL', lock)
  return 0
end
redis.call('SET', ready, text(now_ms()) .. ' ' .. replid)
return 1
