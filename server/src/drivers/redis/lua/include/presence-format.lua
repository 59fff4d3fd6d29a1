local ROLE_NAMES = { h = 'host', p = 'player', s = 'spectator' }

-- A value of the members hash: `<role><muted>:<joinSeq>:<joinedAt>:<nickname as JSON>\31<folded>`.
-- The role's letter is upper case once the member has left.
local function parse_member(value)
  local role, muted, join_seq, joined_at, nickname, folded =
    string.match(value, '^(%a)(%d):(%d+):(%d+):([^\31]*)\31(.*)$')
  return {
    role = role, muted = muted, join_seq = join_seq, joined_at = joined_at,
    nickname = nickname, folded = folded,
  }
end

local function format_member(member)
  return member.role .. member.muted .. ':' .. member.join_seq .. ':' .. member.joined_at .. ':' ..
    member.nickname .. '\31' .. member.folded
end

local function member_json(user_id, member, is_online)
  return '{"userId":"' .. user_id .. '","nickname":' .. member.nickname .. ',"role":"' ..
    ROLE_NAMES[string.lower(member.role)] .. '","joinedAt":' .. member.joined_at .. ',"online":' ..
    tostring(is_online) .. ',"muted":' .. tostring(member.muted == '1') .. '}'
end

-- The field of the room's hash that counts a role; nil: hosts are not counted.
local function role_counter(role)
  return ({ p = 'players', s = 'spectators' })[string.lower(role)]
end
