#!lua
-- Adds PINs that are missing, over nothing but reservations, which the archive will refuse.
-- KEYS[1..] for each PIN: its key, the live set of its length
-- ARGV[1..] for each PIN: PIN, room id or empty (resting), until in ms
-- Returns how many were added.
local keys, added = KEYS, 0
--@include time.lua

local now = now_ms()
for i = 1, #keys / 2 do
  local key, live = keys[2 * i - 1], keys[2 * i]
  local pin, room_id, until_ms = ARGV[3 * i - 2], ARGV[3 * i - 1], ARGV[3 * i]
  local value = room_id == '' and '-' or '=' .. room_id
  local known = redis.call('GET', key)
  local is_missing = not known or string.sub(known, 1, 1) == '?'
  if is_missing and tonumber(until_ms) > now then
    redis.call('SET', key, value, 'PXAT', until_ms)
    redis.call('ZADD', live, until_ms, pin)
    added = added + 1
  end
end
return added
