/** The tools of a host, by the tab that they are in. */
export type PanelTab = 'ask' | 'people' | 'chat' | 'log' | 'room';
