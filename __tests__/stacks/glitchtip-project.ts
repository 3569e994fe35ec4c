/**
 * What `./manage.py shell` of GlitchTip makes an organisation with a project of, as a superuser does. Prints the key and the number of the
 * project, a token that reads its events, and whether addresses are cut.
 */
export const GLITCHTIP_PROJECT = `from apps.users.models import User
from apps.organizations_ext.models import Organization, OrganizationUserRole
from apps.projects.models import Project, ProjectKey
from apps.api_tokens.models import APIToken
user = User.objects.create_superuser('operator@lukko.example', 'a password of this test')
organisation = Organization.objects.create(name='lukko')
organisation.add_user(user, role=OrganizationUserRole.OWNER)
project = Project.objects.create(name='shop', organization=organisation)
key = ProjectKey.objects.filter(project=project).first() or ProjectKey.objects.create(project=project)
token = APIToken.objects.create(user=user, scopes=(1 << 20) - 1)
print(key.public_key.hex, project.id, token.token, organisation.scrub_ip_addresses and project.scrub_ip_addresses)`;
