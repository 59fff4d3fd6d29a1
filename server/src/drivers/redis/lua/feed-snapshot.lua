#!lua flags=no-writes
-- For each of some channels its position and its newest entries, as many as fit.
-- KEYS[1] room hash
-- KEYS[2..] streams
-- ARGV[1] how many entries of a channel at most
-- ARGV[2] how many bytes of a channel at most; one entry comes in any case
-- ARGV[3..] for each stream the field of the room hash with its position
-- Returns for each stream {position or false, entries from the newest on, 1 where another one did
-- not fit, else 0}.
local hash, limit, bytes = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
--@include read-stream.lua

local looks = {}
for i = 2, #KEYS do
  local found, cut = read_stream('XREVRANGE', KEYS[i], '+', '-', limit, bytes)
  looks[i - 1] = { redis.call('HGET', hash, ARGV[i + 1]), found, cut }
end
return looks
