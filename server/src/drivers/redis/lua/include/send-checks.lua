--@include hosts.lua

-- The role's letter is upper case once the member has left.
local function is_member(value)
  return value and string.find(value, '^[hps]') ~= nil
end

-- `<1: may write to room> <ms between entries> <types with commas around, empty: all>`; nothing at
-- all where nothing is restricted.
local function read_rules(value)
  if not value or value == '' then return { may_write = '1', slow_ms = 0, types = '' } end
  local may_write, slow_ms, types = string.match(value, '^(%d) (%d+) (.*)$')
  return { may_write = may_write, slow_ms = tonumber(slow_ms), types = types }
end

-- Whether a role may write to a kind of channel; `addressee`: what the members hash has of the user
-- whose channel it is.
local function may_write(kind, role, rules, addressee)
  if kind == 'room' then return rules.may_write == '1' end
  if kind == 'user' then return role == 'h' and is_member(addressee) end
  return kind == 'host'
end

local function fits_types(rules, entry_type)
  return rules.types == '' or string.find(rules.types, ',' .. entry_type .. ',', 1, true) ~= nil
end

-- When somebody sent last, and when the budget is full again.
local function read_pace(value)
  local sent_at, full_at = string.match(value or '', '^(%d+) (%d+)$')
  return tonumber(sent_at or 0), tonumber(full_at or 0)
end

-- Takes one entry from a budget: when it is full again, and how long the entry has to wait (0 or
-- less: it may come). The generic cell rate algorithm of ITU-T I.371, as in runtime/pace.ts.
local function take_from_budget(full_at, now, each_ms, burst_ms)
  -- Further away than a whole budget: the clock went back. Nobody has to wait for that.
  if full_at > now + burst_ms then full_at = now end
  local full_then = math.max(now, full_at) + each_ms
  return full_then, math.ceil(full_then - now - burst_ms)
end
