use std::time::{SystemTime, UNIX_EPOCH};

const DAY: u64 = 86_400;

/// A second in UTC.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    seconds_since_epoch: u64,
}

impl Moment {
    pub(super) fn now() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
        Self {
            seconds_since_epoch: since_epoch.unwrap_or_default().as_secs(),
        }
    }

    pub(super) fn unix(self) -> u64 {
        self.seconds_since_epoch
    }

    /// As `Thu, 04 Apr 2024 18:32:15 +0000`.
    pub(super) fn rfc_2822(self) -> String {
        const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
        const MONTHS: [&str; 12] = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ];
        let (year, month, day) = self.date();
        let index = |number: u64| usize::try_from(number).unwrap_or_default();
        let weekday = WEEKDAYS[index(self.seconds_since_epoch / DAY % 7)];
        let month = MONTHS[index(month - 1)];
        format!("{weekday}, {day:02} {month} {year} {} +0000", self.time())
    }

    /// As `2024-04-04T18:32:15Z`.
    pub(super) fn iso_8601(self) -> String {
        let (year, month, day) = self.date();
        format!("{year}-{month:02}-{day:02}T{}Z", self.time())
    }

    fn time(self) -> String {
        let seconds = self.seconds_since_epoch % DAY;
        format!(
            "{:02}:{:02}:{:02}",
            seconds / 3_600,
            seconds / 60 % 60,
            seconds % 60
        )
    }

    /// Counts in years that begin in March, so that the leap day is the last of its year.
    fn date(self) -> (u64, u64, u64) {
        const DAYS_OF_400_YEARS: u64 = 146_097;
        const DAYS_FROM_MARCH_OF_YEAR_0: u64 = 719_468;
        let days = self.seconds_since_epoch / DAY + DAYS_FROM_MARCH_OF_YEAR_0;
        let (era, day_of_era) = (days / DAYS_OF_400_YEARS, days % DAYS_OF_400_YEARS);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * march_month + 2) / 5 + 1;
        let (month, next_year) = if march_month < 10 {
            (march_month + 3, 0)
        } else {
            (march_month - 9, 1)
        };
        (era * 400 + year_of_era + next_year, month, day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_signalwire_writes_it() {
        for (seconds_since_epoch, rfc_2822, iso_8601) in [
            (0, "Thu, 01 Jan 1970 00:00:00 +0000", "1970-01-01T00:00:00Z"),
            (
                951_827_696,
                "Tue, 29 Feb 2000 12:34:56 +0000",
                "2000-02-29T12:34:56Z",
            ),
            (
                1_712_255_535,
                "Thu, 04 Apr 2024 18:32:15 +0000",
                "2024-04-04T18:32:15Z",
            ),
            (
                4_107_542_399,
                "Sun, 28 Feb 2100 23:59:59 +0000",
                "2100-02-28T23:59:59Z",
            ),
            (
                4_107_542_400,
                "Mon, 01 Mar 2100 00:00:00 +0000",
                "2100-03-01T00:00:00Z",
            ),
        ] {
            let moment = Moment {
                seconds_since_epoch,
            };
            assert_eq!(moment.rfc_2822(), rfc_2822);
            assert_eq!(moment.iso_8601(), iso_8601);
        }
    }
}
