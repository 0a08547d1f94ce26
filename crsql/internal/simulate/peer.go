package simulate

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/sqlite-mv/sqlite-mv/internal/peers"
)

// peer is a file and the connection to it.
type peer struct {
	*peers.Local
	index        int
	driver, file string
	site         []byte
	backup       string // an old copy of the file, "" for none
	version      int    // how many of the migrations it has
}

// newPeer makes a peer with a file of some schema version.
func (w *world) newPeer() (*peer, error) {
	i := len(w.peers)
	p := &peer{index: i, driver: w.Drivers[i%len(w.Drivers)], file: filepath.Join(w.Folder, fmt.Sprintf("peer%d.db", i))}
	return p, w.begin(p, w.nextSite(), 1+w.r.IntN(2))
}

func (w *world) nextSite() []byte {
	w.sites++
	return fmt.Appendf(nil, "%016d", w.sites)
}

// begin opens a new file.
func (w *world) begin(p *peer, site []byte, version int) (err error) {
	p.site, p.version = site, 0
	if p.Local, err = peers.OpenSite(p.driver, p.file, fmt.Sprintf("%x", site)); err != nil {
		return err
	}
	if w.r.IntN(2) == 0 {
		if err := p.Exec("SELECT crsql_config_set('keep-unknown-tables', 1)"); err != nil {
			return err
		}
	}
	for p.version < version {
		if err := p.migrate(); err != nil {
			return err
		}
	}
	return nil
}

func (p *peer) String() string { return fmt.Sprintf("peer %d (%s)", p.index, p.driver) }

func (p *peer) close() error {
	if p.Local == nil {
		return nil
	}
	err := p.Local.Close()
	p.Local = nil
	return err
}

// backup copies a file.
func (w *world) backup() error {
	p := w.any()
	b, err := os.ReadFile(p.file) // the journal is gone: no transaction is open
	if err != nil {
		return err
	}
	p.backup = p.file + ".old"
	w.trace("%v is copied", p)
	return os.WriteFile(p.backup, b, 0o644)
}

// restore puts a file back from its copy.
func (w *world) restore() error {
	p := w.any()
	if p.backup == "" {
		return nil
	}
	w.trace("%v is put back", p)
	w.report.Restored++
	if err := p.close(); err != nil {
		return err
	}
	b, err := os.ReadFile(p.backup)
	if err == nil {
		err = os.WriteFile(p.file, b, 0o644)
	}
	if err == nil {
		p.Local, err = peers.Open(p.driver, p.file)
	}
	if err != nil {
		return err
	}
	rows, err := p.Query("PRAGMA user_version")
	if err == nil {
		p.version = int(rows[0][0].Int())
	}
	return err
}

func (w *world) wipe() error { return w.empty(w.any()) }

// empty begins a peer's file anew, under its old site id or another. A copy of the old life is not used with another.
func (w *world) empty(p *peer) error {
	site := p.site
	if w.r.IntN(2) == 0 {
		w.gone = append(w.gone, site)
		site = w.nextSite()
		p.backup = ""
	}
	w.trace("%v is begun anew as %s", p, site)
	w.report.Wiped++
	if err := p.close(); err != nil {
		return err
	}
	if err := os.Remove(p.file); err != nil {
		return err
	}
	return w.begin(p, site, max(1, p.version))
}
