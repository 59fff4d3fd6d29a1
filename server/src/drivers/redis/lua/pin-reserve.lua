#!lua
-- Reserves the first free candidate of the shortest length that is not too dense.
-- KEYS[1..] for each length, shortest first: its live set (PIN by expiry), the candidates' keys
-- ARGV[1] room id
-- ARGV[2] share of a length's space that may be in use; the longest has no bound
-- ARGV[3] life of the reservation in ms
-- ARGV[4..] for each length: digits, number of candidates, then the candidates
-- Returns the PIN, or false when none is free.
local room_id, density, reserve_ms = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local keys = KEYS
--@include time.lua

local now = now_ms()
local key_at, arg_at = 1, 4
while key_at <= #keys do
  local live = keys[key_at]
  local digits, count = tonumber(ARGV[arg_at]), tonumber(ARGV[arg_at + 1])
  local is_longest = key_at + count >= #keys
  redis.call('ZREMRANGEBYSCORE', live, '-inf', text(now))
  if is_longest or redis.call('ZCARD', live) < density * 9 * 10 ^ (digits - 1) then
    for i = 1, count do
      local pin = ARGV[arg_at + 1 + i]
      if redis.call('SET', keys[key_at + i], '?' .. room_id, 'NX', 'PX', text(reserve_ms)) then
        redis.call('ZADD', live, text(now + reserve_ms), pin)
        return pin
      end
    end
  end
  key_at, arg_at = key_at + 1 + count, arg_at + 2 + count
end
return false
