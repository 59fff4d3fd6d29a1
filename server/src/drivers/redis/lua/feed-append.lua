#!lua
-- Appends an entry to a channel: dedupe, every check that decides, order, keep, mark for the
-- archive and announce in one step. All checks come before the first write of the entry.
-- KEYS[1] room hash
-- KEYS[2] members hash
-- KEYS[3] stream of the channel
-- KEYS[4] archived positions
-- KEYS[5] unarchived channels of the tag
-- KEYS[6] once hash
-- KEYS[7] pace hash (user -> time of the last entry, when the budget is full again)
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
-- ARGV[15] the entry that the archive has under the idempotency key, `<id> <at>`; `-`: none; empty:
-- it was not asked
-- ARGV[16] what an entry of a host takes from the budget, ms; 0: no limit
-- ARGV[17] what may be taken at once, ms
-- ARGV[18] the same for players and spectators
-- ARGV[19] the same for players and spectators
-- Returns {'appended', id, at}, {'duplicate', id, at}, {'absent'}, {'unsure'} (ask the archive for
-- the key), or {code} and for rate_limited {code, ms to wait}.
local room = { hash = KEYS[1], archived = KEYS[4], unarchived = KEYS[5] }
room.topic, room.id = ARGV[1], ARGV[2]
local members, stream, once, paces, dedupe = KEYS[2], KEYS[3], KEYS[6], KEYS[7], KEYS[8]
local channel, kind, sender, addressee, entry_type = ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local before_from, nickname, after_from, payload = ARGV[8], ARGV[9], ARGV[10], ARGV[11]
local dedupe_ms, once_field, backlog_max = ARGV[12], ARGV[13], tonumber(ARGV[14])
local archived_twin = ARGV[15]
--@include room.lua
--@include add-entry.lua
--@include send-checks.lua

local member = sender ~= '' and redis.call('HGET', members, sender) or nil
if member and not is_member(member) then member = nil end
-- No member: the application, or one of the hosts who has not joined.
local role = member and string.sub(member, 1, 1) or 'h'
local row = load_room(room, 'ch:' .. channel, 'hosts', 'rules:' .. role, 'lifeAt')
if not row then return { 'absent' } end
local last, hosts, rules = row[6], row[7], read_rules(row[8])

if dedupe_ms ~= '' then
  local kept = redis.call('GET', dedupe)
  -- A life that began since the key may have been used has lost what Redis knew of it.
  local life_at = room.lifeAt or row[9]
  local is_young = life_at and room.now - life_at < tonumber(dedupe_ms)
  if not kept and is_young and archived_twin == '' then return { 'unsure' } end
  local id, at = string.match(kept or archived_twin, '^(%S+) (%d+)$')
  local is_remembered = id and room.now - at < tonumber(dedupe_ms)
  if is_remembered and survives(room, channel, stream, id) then return { 'duplicate', id, at } end
end
if room.isClosed then return { 'room_closed' } end
if not member and sender ~= '' and not is_listed(hosts, sender) then return { 'not_in_room' } end
if member and string.sub(member, 2, 2) == '1' then return { 'muted' } end
if not may_write(kind, role, rules, kind == 'user' and redis.call('HGET', members, addressee)) then
  return { 'forbidden' }
end
if not fits_types(rules, entry_type) then return { 'forbidden' } end
local each_ms = sender == '' and 0 or tonumber(role == 'h' and ARGV[16] or ARGV[18])
local is_paced = each_ms > 0 or rules.slow_ms > 0
local sent_at, full_at = read_pace(is_paced and redis.call('HGET', paces, sender))
local slow_wait = sent_at + rules.slow_ms - room.now
if slow_wait > 0 and slow_wait <= rules.slow_ms then return { 'rate_limited', text(slow_wait) } end
local once_id = once_field ~= '' and redis.call('HGET', once, once_field)
if once_id and survives(room, channel, stream, once_id) then return { 'conflict' } end
if room.backlog >= backlog_max then return { 'backlog_full' } end
if each_ms > 0 then
  local burst_ms, wait = tonumber(role == 'h' and ARGV[17] or ARGV[19]), nil
  full_at, wait = take_from_budget(full_at, room.now, each_ms, burst_ms)
  if wait > 0 then return { 'rate_limited', text(wait) } end
end

room.activeAt = room.at
if member then nickname = string.match(member, '^%a%d:%d+:%d+:([^\31]*)') end
local from = 'null'
if sender ~= '' then from = '{"userId":"' .. sender .. '","nickname":' .. nickname .. '}' end
local tail = before_from .. '"from":' .. from .. ',' .. after_from
local id = add_entry(room, channel, stream, last, tail, payload)
if dedupe_ms ~= '' then redis.call('SET', dedupe, id .. ' ' .. room.at, 'PX', dedupe_ms) end
if once_field ~= '' then redis.call('HSET', once, once_field, id) end
if is_paced then redis.call('HSET', paces, sender, room.at .. ' ' .. text(full_at)) end
return { 'appended', id, room.at }
