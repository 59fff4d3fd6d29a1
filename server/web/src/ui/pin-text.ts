/** The digits in groups that one can say and remember: 3 + 3, 4 + 4, 3 + 3 + 3; none stands alone. */
export function pinGroups(pin: string): string[] {
  const size = pin.length % 4 === 0 ? 4 : 3;
  const groups: string[] = [];
  for (let rest = pin; rest.length > 0; ) {
    const take = rest.length === size + 1 ? 2 : size;
    groups.push(rest.slice(0, take));
    rest = rest.slice(take);
  }
  return groups;
}
