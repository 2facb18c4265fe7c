"""The audit trail: acts, what they changed, and their hash chain."""

from shared.audit.migrating import create_trail, drop_trail

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    create_trail()


def downgrade() -> None:
    """Take the step back."""
    drop_trail()
