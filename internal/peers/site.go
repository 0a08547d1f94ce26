package peers

import "fmt"

// SiteID sets a database's site id, which the next connection reads.
const SiteID = `CREATE TABLE IF NOT EXISTS crsql_site_id(site_id BLOB NOT NULL, ordinal INTEGER PRIMARY KEY);
CREATE UNIQUE INDEX IF NOT EXISTS crsql_site_id_site_id ON crsql_site_id(site_id);
INSERT OR REPLACE INTO crsql_site_id(site_id, ordinal) VALUES(x'%s', 0)`

// OpenSite opens a file whose site id is given in hexadecimal.
func OpenSite(driver, name, site string) (*Local, error) {
	p, err := Open(driver, name)
	if err != nil {
		return nil, err
	}
	if err := p.Exec(fmt.Sprintf(SiteID, site)); err != nil {
		p.Close()
		return nil, err
	}
	if err := p.Close(); err != nil {
		return nil, err
	}
	return Open(driver, name)
}
