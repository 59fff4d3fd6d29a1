#!lua
-- Appends an entry to a channel: dedupe, every check that decides, order, keep, mark for the
-- archive and announce in one step. All checks come before the first write of the entry.
-- KEYS[1] room hash
-- KEYS[2] members hash
-- KEYS[3] stream of the channel
-- KEYS[4] archived positions
-- KEYS[5] unarchived channels of the tag
-- KEYS[6] once hash
-- KEYS[7] slow mode hash (user -> time of the last entry)
-- KEYS[8] dedupe string (any key of the room when there is no idempotency key)
-- ARGV[1] shard channel of the room
-- ARGV[2] room id
-- ARGV[3] channel
-- ARGV[4] what kind of channel: room, host or user
-- ARGV[5] sender's user id; empty: the application, which acts as a host
-- ARGV[6] addressee's user id for a `user:` channel, else empty
-- ARGV[7] type
-- ARGV[8] the entry's JSON between `after` and `from`
-- ARGV[9] nickname as JSON of a host who has not joined; a member's is kept here
-- ARGV[10] the entry's JSON between `from` and `payload`
-- ARGV[11] the payload's JSON
-- ARGV[12] life of the dedupe key in ms; empty: no idempotency key
-- ARGV[13] field of the once hash; empty: none
-- ARGV[14] how many entries may wait for the archive
-- Returns {'appended', id, at}, {'duplicate', id, at}, {'absent'}, or {code} and for rate_limited
-- {code, ms to wait}.
local room = { hash = KEYS[1], archived = KEYS[4], unarchived = KEYS[5] }
room.topic, room.id = ARGV[1], ARGV[2]
local members, stream, once, slow, dedupe = KEYS[2], KEYS[3], KEYS[6], KEYS[7], KEYS[8]
local channel, kind, sender, addressee, entry_type = ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local before_from, nickname, after_from, payload = ARGV[8], ARGV[9], ARGV[10], ARGV[11]
local dedupe_ms, once_field, backlog_max = ARGV[12], ARGV[13], tonumber(ARGV[14])
--@include room.lua
--@include add-entry.lua

-- The role's letter is upper case once the member has left.
local function is_member(value)
  return string.find(value, '^[hps]') ~= nil
end

local member = sender ~= '' and redis.call('HGET', members, sender) or nil
if member and not is_member(member) then member = nil end
-- No member: the application, or one of the hosts who has not joined.
local role = member and string.sub(member, 1, 1) or 'h'
local row = load_room(room, 'ch:' .. channel, 'hosts', 'rules:' .. role)
if not row then return { 'absent' } end
local last, hosts, rules = row[6], row[7], row[8]
-- `<1: may write to room> <ms between entries> <types with commas around, empty: all>`; nothing at
-- all where nothing is restricted.
local may_write, slow_ms, types = '1', '0', ''
if rules and rules ~= '' then
  may_write, slow_ms, types = string.match(rules, '^(%d) (%d+) (.*)$')
end

if dedupe_ms ~= '' then
  local kept = redis.call('GET', dedupe)
  if kept then return { 'duplicate', string.match(kept, '^(%S+) (%d+)$') } end
end
if room.isClosed then return { 'room_closed' } end
if not member and sender ~= '' then
  local is_host = string.find(',' .. hosts .. ',', ',' .. sender .. ',', 1, true)
  if not is_host then return { 'not_in_room' } end
end
if member and string.sub(member, 2, 2) == '1' then return { 'muted' } end
if kind == 'room' then
  if may_write ~= '1' then return { 'forbidden' } end
elseif kind == 'user' then
  local kept = role == 'h' and redis.call('HGET', members, addressee)
  if not kept or not is_member(kept) then return { 'forbidden' } end
elseif kind ~= 'host' then
  return { 'forbidden' }
end
if types ~= '' and not string.find(types, ',' .. entry_type .. ',', 1, true) then
  return { 'forbidden' }
end
if slow_ms ~= '0' then
  local sent = redis.call('HGET', slow, sender)
  local wait = sent and math.min(sent + slow_ms - room.now, tonumber(slow_ms)) or 0
  if wait > 0 then return { 'rate_limited', text(wait) } end
end
if once_field ~= '' and redis.call('HEXISTS', once, once_field) == 1 then return { 'conflict' } end
if room.backlog >= backlog_max then return { 'backlog_full' } end

room.activeAt = room.at
if member then nickname = string.match(member, '^%a%d:%d+:%d+:([^\31]*)') end
local from = 'null'
if sender ~= '' then from = '{"userId":"' .. sender .. '","nickname":' .. nickname .. '}' end
local tail = before_from .. '"from":' .. from .. ',' .. after_from
local id = add_entry(room, channel, stream, last, tail, payload)
if dedupe_ms ~= '' then redis.call('SET', dedupe, id .. ' ' .. room.at, 'PX', dedupe_ms) end
if once_field ~= '' then redis.call('HSET', once, once_field, id) end
if slow_ms ~= '0' then
  redis.call('HSET', slow, sender, room.at)
  redis.call('PEXPIRE', slow, slow_ms)
end
return { 'appended', id, room.at }
