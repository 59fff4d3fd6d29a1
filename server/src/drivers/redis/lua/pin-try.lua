#!lua flags=allow-oom
-- Looks a PIN up for somebody whose wrong PINs are counted, unless there were too many of them; or
-- counts a passcode in the same way.
-- KEYS[1] PIN
-- KEYS[2] ready mark
-- KEYS[3] the session's wrong PINs by time
-- KEYS[4] the network's wrong PINs by time
-- KEYS[5] the session's last try beyond the network's budget
-- KEYS[6] PINs that were tried beyond the network's budget by those who were wrong there before
-- ARGV[1] PIN, or what a passcode is counted under
-- ARGV[2] wrong PINs that a session may have in a window
-- ARGV[3] wrong PINs that a network may have in a window
-- ARGV[4] length of the window in ms
-- ARGV[5] for how many windows it is remembered that a session was wrong beyond the budget
-- ARGV[6] of a passcode: 1 when it is right, 0 when it is wrong; empty: a PIN, which the index knows
-- Returns {'looked', value of the PIN or false, since when the index is complete or false}, or
-- {'session' | 'address' (whose budget is used up), ms to wait}.
local key, ready, of_session, of_network, extra, again = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local pin, session_max, network_max = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local window_ms, remembered, verdict = tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6]
--@include time.lua
--@include pin-index.lua

local now = now_ms()

-- How long a set of PINs has no room for this one; 0: it has, or holds it already.
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

-- Beyond the network's budget: one try a window for each session, and for those who were wrong there
-- before as many for all of them together as the budget has.
local is_extra = wait_for(of_network, network_max) > 0
local row = is_extra and redis.call('HMGET', extra, 'pin', 'wasWrong', 'until') or {}
local is_same, was_wrong = row[1] == pin, row[2] == '1'
local extra_wait = 0
if is_extra and not is_same then
  extra_wait = math.max(0, (row[3] or now) - now)
  if was_wrong then extra_wait = math.max(extra_wait, wait_for(again, network_max)) end
end
local session_wait = wait_for(of_session, session_max)
if session_wait > 0 then return { 'session', math.max(session_wait, extra_wait) } end
if extra_wait > 0 then return { 'address', extra_wait } end

local value = verdict == '' and redis.call('GET', key)
local is_wrong = verdict == '0' or (verdict == '' and string.sub(value or '', 1, 1) ~= '=')
if is_wrong then
  remember(of_session)
  if not is_extra then remember(of_network) end
end
if is_extra and not is_same then
  if was_wrong then remember(again) end
  redis.call('HSET', extra, 'pin', pin, 'until', text(now + window_ms), 'wasWrong',
    (is_wrong or was_wrong) and '1' or '0')
  redis.call('PEXPIRE', extra, window_ms * remembered)
end
return { 'looked', value, complete_since(ready) or false }
