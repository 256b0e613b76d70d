//! Addresses out of the notation of a saved plan: lists of modules, mode, type, name and key.

use std::sync::Arc;

use trueup_addrs::{
    AbsInstance, AbsResource, ConfigResource, InstanceKey, Mode as ResourceMode, Module,
    ModuleInstance, ModuleStep, ProviderAddr, ProviderConfigAddr, Resource, Target,
};
use trueup_value::json::Json;

use super::read::{Reader, parts};
use super::value_read::{Reading, damaged};

impl Reader {
    fn name(&mut self, json: &Json) -> Reading<Arc<str>> {
        let text = json.as_str().ok_or_else(|| damaged("address"))?;
        Ok(self.values.name(text))
    }

    fn key(&mut self, json: &Json) -> Reading<InstanceKey> {
        match json {
            Json::Null => Ok(InstanceKey::None),
            Json::String(text) => Ok(InstanceKey::Str(text.as_ref().into())),
            Json::Number(digits) => digits
                .parse()
                .map(InstanceKey::Int)
                .map_err(|_| damaged("instance key")),
            _ => Err(damaged("instance key")),
        }
    }

    fn module_instance(&mut self, json: &Json) -> Reading<ModuleInstance> {
        let steps = parts(json)?
            .iter()
            .map(|step| match parts(step)? {
                [name, key] => Ok(ModuleStep {
                    name: self.name(name)?,
                    key: self.key(key)?,
                }),
                _ => Err(damaged("address")),
            })
            .collect::<Reading<Vec<_>>>()?;
        Ok(ModuleInstance::from_steps(steps))
    }

    fn module(&mut self, json: &Json) -> Reading<Module> {
        let names = parts(json)?
            .iter()
            .map(|name| self.name(name))
            .collect::<Reading<Vec<_>>>()?;
        Ok(Module::from_names(names))
    }

    fn block(&mut self, mode: &Json, kind: &Json, name: &Json) -> Reading<Resource> {
        let mode = match mode.as_str() {
            Some("managed") => ResourceMode::Managed,
            Some("data") => ResourceMode::Data,
            _ => return Err(damaged("address")),
        };
        Ok(Resource {
            mode,
            kind: self.name(kind)?,
            name: self.name(name)?,
        })
    }

    pub(super) fn resource(&mut self, json: &Json) -> Reading<AbsResource> {
        match parts(json)? {
            [module, mode, kind, name, ..] => Ok(AbsResource::new(
                self.module_instance(module)?,
                self.block(mode, kind, name)?,
            )),
            _ => Err(damaged("address")),
        }
    }

    pub(super) fn instance(&mut self, json: &Json) -> Reading<AbsInstance> {
        match parts(json)? {
            [.., key] => Ok(self.resource(json)?.instance(self.key(key)?)),
            [] => Err(damaged("address")),
        }
    }

    pub(super) fn config_resource(&mut self, json: &Json) -> Reading<ConfigResource> {
        match parts(json)? {
            [module, mode, kind, name] => Ok(ConfigResource::new(
                self.module(module)?,
                self.block(mode, kind, name)?,
            )),
            _ => Err(damaged("address")),
        }
    }

    pub(super) fn target(&mut self, json: &Json) -> Reading<Target> {
        if let Some(module) = json.get("m") {
            return Ok(Target::Module(self.module_instance(module)?));
        }
        match parts(json)?.len() {
            4 => Ok(Target::Resource(self.resource(json)?)),
            _ => Ok(Target::Instance(self.instance(json)?)),
        }
    }

    pub(super) fn provider(&mut self, json: &Json) -> Reading<ProviderConfigAddr> {
        match parts(json)? {
            [module, host, namespace, name, alias @ ..] => Ok(ProviderConfigAddr {
                module: self.module(module)?,
                provider: ProviderAddr {
                    host: self.name(host)?,
                    namespace: self.name(namespace)?,
                    name: self.name(name)?,
                },
                alias: alias.first().map(|alias| self.name(alias)).transpose()?,
            }),
            _ => Err(damaged("provider")),
        }
    }
}
