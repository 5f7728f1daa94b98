/** What is said when nobody has written anything better: one for each moment of INCIDENTS 2.10, without a word of a caller. */
export const defaultTemplates = {
  first: { name: 'First word', audience: 'all', state: 'investigating', text: 'We know of a disturbance ({service}) since {since} and are looking into it. Next update by {next}.' },
  scope: { name: 'Scope', audience: 'all', state: 'investigating', text: '{service}: affected since {since}: [who and how many]. What still works: [what]. Next update by {next}.' },
  identified: { name: 'Cause found', audience: 'all', state: 'identified', text: '{service}: the cause of the disturbance since {since} is known: [cause]. We are [action]. Next update by {next}.' },
  'no-change': { name: 'No change', audience: 'all', state: 'investigating', text: '{service}: no change since our last update; work goes on. Next update by {next}.' },
  monitoring: { name: 'Watching', audience: 'all', state: 'monitoring', text: '{service} works again since [time]. We are watching it. Next update by {next}.' },
  resolved: { name: 'Closing message', audience: 'all', state: 'resolved', text: '{service} works again. The disturbance lasted from {since} to {now}. Impact: [impact]. Thank you for your patience.' },
} as const
