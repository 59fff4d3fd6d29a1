#!lua flags=allow-oom
-- Notes that a channel is archived up to an id: position, mark, count of what waits, trim.
-- KEYS[1] room hash
-- KEYS[2] stream of the channel
-- KEYS[3] archived positions
-- KEYS[4] unarchived channels of the tag
-- ARGV[1] room id
-- ARGV[2] channel
-- ARGV[3] newest archived id; empty: only look whether the mark is still right
-- ARGV[4] how many entries to keep
-- Returns how many entries wait now.
local hash, stream, archived, unarchived = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local room_id, channel, last_id, keep = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
--@include time.lua
--@include pending.lua

local room_ttl, stream_ttl = redis.call('PTTL', hash), redis.call('PTTL', stream)
local position = redis.call('HGET', archived, channel) or nil
local waited = count_pending(stream, position)
local is_here = room_ttl ~= -2 or stream_ttl ~= -2
if is_here and last_id ~= '' and (not position or is_above(last_id, position)) then
  position = last_id
  redis.call('HSET', archived, channel, position)
  -- What runs out with its room must not outlive it.
  local ttl = math.max(room_ttl, stream_ttl)
  if ttl > 0 then redis.call('PEXPIRE', archived, ttl) end
end
local waiting = count_pending(stream, position)
if room_ttl ~= -2 and waited > waiting then
  local backlog = tonumber(redis.call('HGET', hash, 'backlog')) or 0
  redis.call('HSET', hash, 'backlog', text(math.max(0, backlog - (waited - waiting))))
end
local mark = room_id .. ':' .. channel
if waiting == 0 then
  redis.call('ZREM', unarchived, mark)
else
  redis.call('ZADD', unarchived, text(now_ms()), mark)
end
if not position or redis.call('XLEN', stream) <= keep then return waiting end
if waiting <= keep then
  redis.call('XTRIM', stream, 'MAXLEN', '=', keep)
else
  local epoch, seq = split_id(position)
  redis.call('XTRIM', stream, 'MINID', '=', text(epoch) .. '-' .. text(seq + 1))
end
return waiting
