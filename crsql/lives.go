package crsql

// Where deletions were forgotten, a row that is inserted under a key unknown here may be one that others remember as deleted.
// So from then on new rows begin in a life that is above all that were forgotten.

// forgottenLives is the setting that has the greatest causal length of a forgotten deletion. It is not for users to set.
const forgottenLives = "forgotten-cl"

// firstLife returns the causal length that a new row begins with: 1, unless deletions are forgotten.
func (c *conn) firstLife() (int64, error) {
	forgotten, err := c.setting(forgottenLives)
	return forgotten + 1, err
}

// beginLife records the life of a row with a new key and other columns, if it is not the first, which needs no record.
func (c *conn) beginLife(t *table, key, life int64) error {
	return t.run("begin life", func() string {
		return "INSERT INTO " + t.clock + "(key, col_name, col_version, db_version, site_id, seq) VALUES(?1, '" + Sentinel + "', ?2, ?3, 0, ?4)"
	}, nil, key, life, c.nextVersion(0), c.nextSeq(1))
}

// recordLaterRow records a new row that does not begin in its first life.
func (c *conn) recordLaterRow(t *table, key, life int64) error {
	if err := c.beginLife(t, key, life); err != nil {
		return err
	}
	for i := range t.others {
		if err := c.markWritten(t, key, i, c.nextVersion(0), c.nextSeq(1)); err != nil {
			return err
		}
	}
	return nil
}
