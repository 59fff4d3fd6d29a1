#!lua flags=allow-oom
-- Looks a PIN up for somebody whose wrong PINs are counted, unless there were too many of them.
-- KEYS[1] PIN
-- KEYS[2] ready mark
-- KEYS[3] the session's wrong PINs by time
-- KEYS[4] the network's wrong PINs by time
-- KEYS[5] the session's tries beyond the network's budget
-- ARGV[1] PIN
-- ARGV[2] wrong PINs that a session may have in a window
-- ARGV[3] wrong PINs that a network may have in a window
-- ARGV[4] length of the window in ms
-- Returns {'looked', value of the PIN or false, since when the index is complete or false}, or
-- {'session' | 'address' (whose budget is used up), ms to wait}.
local key, ready, of_session, of_network, extra = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local pin, session_max, network_max = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local window_ms = tonumber(ARGV[4])
--@include time.lua
--@include pin-index.lua

-- Wrong tries in a row beyond the network's budget after which the wait doubles, and how often.
local PATIENCE, DOUBLINGS = 5, 10
local now = now_ms()

-- How long a set of wrong PINs has no room for this one; 0: it has, or holds it already.
local function wait_for(set, max)
  redis.call('ZREMRANGEBYSCORE', set, '-inf', now - window_ms)
  if redis.call('ZCARD', set) < max or redis.call('ZSCORE', set, pin) then return 0 end
  local oldest = redis.call('ZRANGE', set, 0, 0, 'WITHSCORES')
  return math.max(1, oldest[2] + window_ms - now)
end

local function remember(set)
  redis.call('ZADD', set, 'NX', now, pin)
  redis.call('PEXPIRE', set, window_ms)
end

local session_wait = wait_for(of_session, session_max)
if session_wait > 0 then return { 'session', session_wait } end
local is_extra = wait_for(of_network, network_max) > 0
local row = is_extra and redis.call('HMGET', extra, 'pin', 'misses', 'until') or {}
local is_same = row[1] == pin
if row[3] and not is_same and now < tonumber(row[3]) then return { 'address', row[3] - now } end

local value = redis.call('GET', key)
local is_found = value and string.sub(value, 1, 1) == '='
if not is_found then
  remember(of_session)
  if not is_extra then remember(of_network) end
end
if is_extra and not is_same then
  local misses = is_found and 0 or (row[2] or 0) + 1
  local wait = window_ms * 2 ^ math.min(math.max(0, misses - PATIENCE), DOUBLINGS)
  redis.call('HSET', extra, 'pin', pin, 'misses', misses, 'until', text(now + wait))
  redis.call('PEXPIRE', extra, window_ms * 2 ^ DOUBLINGS)
end
return { 'looked', value, complete_since(ready) or false }
