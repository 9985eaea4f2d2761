//! Bar charts as SVG, drawn on the server: every bar has its number, every chart a title and a description, and the page its table.

use std::error::Error;

use plotters::prelude::{
    BLACK, ChartBuilder, Color as _, EmptyElement, IntoDrawingArea as _, IntoFont as _, RGBColor,
    Rectangle, SVGBackend, Text, WHITE,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};

const WIDTH: u32 = 720;
const HEIGHT: u32 = 284;
/// What a line of a group's name takes, across and down.
const LINE: u32 = 16;
const LETTER: usize = 7;
/// The margins and the numbers beside the bars take this much of the width.
const BESIDE: u32 = 64;
/// The colours of a chart's series. Each stands out from white by more than 4.5 to 1, and from its neighbour by its lightness.
const COLOURS: [RGBColor; 2] = [RGBColor(23, 66, 77), RGBColor(191, 84, 18)];

/// A chart: groups of bars, a bar of each series in every group.
pub(super) struct Chart {
    /// What it is called in its address.
    pub(super) key: &'static str,
    /// What it shows.
    pub(super) title: &'static str,
    /// What the groups are, such as months.
    pub(super) groups_are: &'static str,
    pub(super) groups: Vec<String>,
    /// Each series with its name, in the order of its bars.
    pub(super) series: Vec<(&'static str, Vec<i64>)>,
}

impl Chart {
    /// Whether anything was counted: a picture of nothing tells nothing.
    pub(super) fn says_something(&self) -> bool {
        let mut values = self.series.iter().flat_map(|(_, values)| values);
        values.any(|it| *it != 0)
    }

    /// The groups' names, each in as many lines as its room asks for.
    fn names(&self) -> Vec<Vec<String>> {
        let room = (WIDTH - BESIDE) as usize / self.groups.len().max(1) / LETTER;
        self.groups.iter().map(|it| lines(it, room)).collect()
    }

    /// How high it is: bars, and the names below them.
    fn height(&self) -> u32 {
        let lines = self.names().iter().map(Vec::len).max().unwrap_or(1);
        HEIGHT + LINE * u32::try_from(lines.max(1)).unwrap_or(1)
    }

    /// The chart as an SVG element.
    pub(super) fn svg(&self) -> String {
        let drawn = self.draw().expect("a text takes whatever is drawn into it");
        let start = drawn.find('>').map_or(0, |at| at + 1);
        let (key, title, height) = (self.key, self.title, self.height());
        // The element is begun anew: with a name for those who don't see it, and without a size, so that it fits a phone.
        format!(
            "<svg class=\"house-chart\" role=\"img\" aria-labelledby=\"{key}-title {key}-desc\" viewBox=\"0 0 {WIDTH} {height}\" \
             xmlns=\"http://www.w3.org/2000/svg\"><title id=\"{key}-title\">{title}</title><desc id=\"{key}-desc\">{}</desc>{}",
            self.description(),
            &drawn[start..]
        )
    }

    /// What it shows, for those who don't see it.
    fn description(&self) -> String {
        let names: Vec<&str> = self.series.iter().map(|(name, _)| *name).collect();
        format!(
            "A bar chart of {} by {}. The table below has its numbers.",
            names.join(" and ").to_lowercase(),
            self.groups_are
        )
    }

    fn draw(&self) -> Result<String, Box<dyn Error + '_>> {
        let mut svg = String::new();
        let highest = self.series.iter().flat_map(|(_, values)| values).max();
        let top = bar(highest.copied().unwrap_or_default().max(4)) * 1.2;
        let groups = bar(i64::try_from(self.groups.len())?);
        let area = SVGBackend::with_string(&mut svg, (WIDTH, self.height())).into_drawing_area();
        area.fill(&WHITE)?;
        let mut chart = ChartBuilder::on(&area)
            .margin(8)
            .x_label_area_size(18 + self.height() - HEIGHT)
            .y_label_area_size(48)
            .build_cartesian_2d(0.0..groups, 0.0..top)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .x_labels(0)
            .y_labels(5)
            .y_label_formatter(&|value| format!("{value:.0}"))
            .label_style(("sans-serif", 14).into_font().color(&BLACK))
            .draw()?;
        let style = ("sans-serif", 14)
            .into_font()
            .color(&BLACK)
            .pos(Pos::new(HPos::Center, VPos::Top));
        let width = 0.8 / bar(i64::try_from(self.series.len())?);
        for (place, (name, values)) in self.series.iter().enumerate() {
            let colour = COLOURS[place % COLOURS.len()];
            let left = 0.1 + width * bar(i64::try_from(place)?);
            let bars = values.iter().enumerate().map(|(group, value)| {
                let from = bar(i64::try_from(group).unwrap_or_default()) + left;
                Rectangle::new(
                    [(from, 0.0), (from + width * 0.94, bar(*value))],
                    colour.filled(),
                )
            });
            chart.draw_series(bars)?.label(*name).legend(move |(x, y)| {
                Rectangle::new([(x, y - 6), (x + 12, y + 6)], colour.filled())
            });
            let numbers = values.iter().enumerate().map(|(group, value)| {
                let middle = bar(i64::try_from(group).unwrap_or_default()) + left + width * 0.47;
                EmptyElement::at((middle, bar(*value)))
                    + Text::new(value.to_string(), (0, -16), style.clone())
            });
            chart.draw_series(numbers)?;
        }
        let names = self.names();
        let labels = names.iter().enumerate().flat_map(|(group, lines)| {
            let middle = bar(i64::try_from(group).unwrap_or_default()) + 0.5;
            let down = (10..).step_by(LINE as usize);
            lines
                .iter()
                .zip(down)
                .map(move |(line, down)| (middle, line.clone(), down))
        });
        let labels = labels.map(|(middle, line, down)| {
            EmptyElement::at((middle, 0.0)) + Text::new(line, (0, down), style.clone())
        });
        chart.draw_series(labels)?;
        if self.series.len() > 1 {
            chart
                .configure_series_labels()
                .background_style(WHITE)
                .border_style(BLACK)
                .label_font(("sans-serif", 14))
                .draw()?;
        }
        area.present()?;
        drop(chart);
        drop(area);
        Ok(svg)
    }
}

/// A name in lines of about so many letters. A word is never broken.
fn lines(name: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in name.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A number of bars or complaints as a place in the chart.
#[expect(
    clippy::cast_precision_loss,
    reason = "a place in a picture; no count comes near 2 to the 52nd"
)]
fn bar(value: i64) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart() -> Chart {
        Chart {
            key: "received",
            title: "Received and closed",
            groups_are: "month",
            groups: vec!["Oct 2024".to_owned(), "Nov 2024".to_owned()],
            series: vec![("Received", vec![12, 0]), ("Closed", vec![7, 140])],
        }
    }

    #[test]
    fn sc_14_a_chart_has_its_title_its_description_and_every_number() {
        let svg = chart().svg();

        assert!(
            svg.starts_with("<svg class=\"house-chart\" role=\"img\""),
            "{svg}"
        );
        assert!(svg.contains("<title id=\"received-title\">Received and closed</title>"));
        assert!(svg.contains("received and closed by month"));
        for text in ["12", "0", "7", "140", "Oct 2024", "Nov 2024"] {
            assert!(svg.contains(&format!("\n{text}\n")), "{text}: {svg}");
        }
        assert!(
            !svg.contains("style="),
            "the content security policy refuses it"
        );
        assert!(svg.trim_end().ends_with("</svg>"));
    }

    #[test]
    fn sc_14_a_name_that_is_longer_than_its_room_has_more_lines_and_is_never_markup() {
        let mut chart = chart();
        chart.groups = vec!["Keeping people <b>up</b> to date".to_owned(); 8];
        chart.series = vec![("Lessons", vec![1; 8])];

        let svg = chart.svg();

        assert_eq!(
            lines("Keeping people up to date", 11),
            ["Keeping", "people up", "to date"]
        );
        assert_eq!(lines("Accessibility", 5), ["Accessibility"]);
        assert!(svg.contains("\nKeeping\n"), "{svg}");
        assert!(svg.contains("&lt;b&gt;up") && !svg.contains("<b>"), "{svg}");
        assert!(svg.contains("viewBox=\"0 0 720 348\""), "{svg}");
    }

    #[test]
    fn a_chart_of_nothing_is_drawn_too() {
        let empty = Chart {
            series: vec![("Received", vec![0, 0])],
            ..chart()
        };

        assert!(empty.svg().contains("</svg>"));
    }
}
