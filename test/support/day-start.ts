/** Settings whose day of business begins half a day away from `at`: what happens around it is of one day, at whatever hour a test runs. */
export const dayStartFarFrom = (at: number) => ({ queue: { day: { startsAt: `${new Date(at + 43_200_000).toISOString().slice(11, 13)}:00` } } })
