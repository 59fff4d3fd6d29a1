#!lua flags=allow-oom
-- Renews a life and answers the tags that it looks after: it gives up what is above its share and
-- takes what is free below it, so two rounds of renewals balance the shares.
-- KEYS[1] lives by the end of their lease
-- KEYS[2] owners (tag -> life)
-- KEYS[3] lives that ended or were judged dead, by time
-- ARGV[1] life
-- ARGV[2] lease in ms
-- ARGV[3] for how long ended lives are remembered, in ms
-- Returns {1} when the life is over, else {0, tag ...}.
local lives, owners, ended = KEYS[1], KEYS[2], KEYS[3]
local life, lease_ms = ARGV[1], tonumber(ARGV[2])
local memory_ms = tonumber(ARGV[3])
local TAGS = 256
--@include time.lua

local now = now_ms()
if redis.call('ZSCORE', ended, life) then return { 1 } end
redis.call('ZADD', lives, text(now + lease_ms), life)
redis.call('ZREMRANGEBYSCORE', lives, '-inf', text(now - memory_ms))

local living, rank = {}, 0
for _, other in ipairs(redis.call('ZRANGEBYSCORE', lives, '(' .. text(now), '+inf')) do
  living[other] = true
  living[#living + 1] = other
  if other < life then rank = rank + 1 end
end
local share = math.floor(TAGS / #living) + (rank < TAGS % #living and 1 or 0)

local owner_of = {}
local row = redis.call('HGETALL', owners)
for i = 1, #row, 2 do owner_of[row[i]] = row[i + 1] end
local result = { 0 }
local free = {}
for number = 0, TAGS - 1 do
  local tag = string.format('%02x', number)
  local owner = owner_of[tag]
  if owner == life and #result <= share then
    result[#result + 1] = tag
  elseif owner == life then
    redis.call('HDEL', owners, tag)
  elseif not (owner and living[owner]) then
    free[#free + 1] = tag
  end
end
for _, tag in ipairs(free) do
  if #result > share then break end
  redis.call('HSET', owners, tag, life)
  result[#result + 1] = tag
end
redis.call('PEXPIRE', lives, text(memory_ms + lease_ms))
redis.call('PEXPIRE', owners, text(memory_ms + lease_ms))
return result
