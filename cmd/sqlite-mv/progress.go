package main

import (
	"io"
	"strconv"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/sqlite-mv/sqlite-mv/ext"
)

// progressDelay is how long a view must have been building before a bar is shown.
const progressDelay = 300 * time.Millisecond

// progressBar shows how far the building of a view is. The engine reports on the goroutine that runs the statement.
type progressBar struct {
	out   io.Writer
	view  string
	begun time.Time
	bars  *mpb.Progress
	bar   *mpb.Bar
	total int64
}

// showProgress makes the engine report to a bar on the terminal.
func (sh *shell) showProgress() {
	sh.progress = &progressBar{out: sh.stderr}
	ext.SetProgress(sh.progress.report)
}

// report takes the engine's word: done of about total rows of the base tables have been read for view.
func (p *progressBar) report(view string, done, total int64) {
	if p.view != view {
		p.end()
		p.view, p.begun = view, time.Now()
	}
	if p.bar == nil {
		if time.Since(p.begun) < progressDelay {
			return
		}
		p.bars = mpb.New(mpb.WithOutput(p.out), mpb.WithWidth(72), mpb.WithAutoRefresh())
		p.bar = p.bars.New(total, mpb.BarStyle(),
			mpb.BarRemoveOnComplete(),
			mpb.PrependDecorators(decor.Name("building "+visible(view)+" ")),
			mpb.AppendDecorators(decor.CountersNoUnit("%d / %d rows"), decor.Any(p.speed)))
		p.total = total
	}
	if total != p.total {
		p.bar.SetTotal(total, false)
		p.total = total
	}
	p.bar.SetCurrent(done)
}

// speed is the decorator that shows rows/s since the building began.
func (p *progressBar) speed(s decor.Statistics) string {
	return ", " + decimal(int64(float64(s.Current)/time.Since(p.begun).Seconds())) + " rows/s"
}

// end removes the bar.
func (p *progressBar) end() {
	if p.bar != nil {
		p.bar.Abort(true)
		p.bars.Wait()
	}
	p.view, p.bar, p.bars = "", nil, nil
}

// endProgress removes a bar that a statement has left.
func (sh *shell) endProgress() {
	if sh.progress != nil {
		sh.progress.end()
	}
}

// decimal writes a number with commas between the thousands.
func decimal(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
